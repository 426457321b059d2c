"""Today's films from Wikidata as one file, for a release: `python tools/todays_films.py wikidata-films.parquet`.

Asks the query service year by year, so it takes hours the first time; what came is kept in the cache folder and is not asked
again. Ends with an error where the table is too small to be true.
"""
import argparse
from pathlib import Path

from movie_recsys import wikidata
from movie_recsys.data import load_movies, write_movies


def main() -> None:
    "Make the table, look at it, write it"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--years", type=int, nargs=2, metavar=("FIRST", "LAST"), help="all where not given")
    parser.add_argument("--least", type=int, default=50_000, help="fewer films are an error")
    args = parser.parse_args()
    films = load_movies("wikidata", address=wikidata.SERVICE, years=tuple(args.years) if args.years else None)
    if len(films) < args.least: raise SystemExit(f"Only {len(films):,} films came, and at least {args.least:,} were expected: nothing is written.")
    print(f"{len(films):,} films of {films['release_year'].min()} to {films['release_year'].max()}: {write_movies(films, args.path, compression_level=15)}")


if __name__ == "__main__": main()
