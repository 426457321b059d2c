"""Tables of any size out of real rows: `python benchmarks/scale.py ROWS OUT.csv`.

Rows of the Kaggle table (or, where it is absent, of the bundled films in Kaggle's format) are drawn with replacement;
numbers get some noise, ids are new, and each copy's title takes its first or last words from another film, so that
neither titles nor features are mere repetitions.
"""
import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from movie_recsys.data import dev_data, load_movies


def source() -> pd.DataFrame:
    "The rows to draw from, in Kaggle's columns"
    if (folder := dev_data("the-movies-dataset")) is not None:
        frame = pd.read_csv(folder / "movies_metadata.csv", dtype=str)
        return frame[frame["vote_count"].notna()].reset_index(drop=True)
    films = load_movies()
    names = lambda column: [str([{"id": 0, "name": n} for n in row]) for row in films[column]]  # noqa: E731
    return pd.DataFrame({
        "adult": "False", "budget": "0", "genres": names("genres"), "id": films["film_id"].astype(str), "imdb_id": films["imdb_id"],
        "original_language": films["original_language"], "original_title": films["title"], "popularity": films["vote_count"] / 10,
        "poster_path": "/none.jpg", "release_date": films["release_year"].astype(str) + "-06-15", "revenue": "0",
        "runtime": films["runtime"], "title": films["title"], "vote_average": films["vote_average"], "vote_count": films["vote_count"],
    }).astype(str)


def resample(
    rows: int,  # How many films
    random_state: int = 0,  # The same number gives the same table
) -> pd.DataFrame:
    "A table of `rows` films in Kaggle's format"
    real, dice = source(), np.random.default_rng(random_state)
    if rows <= len(real): return real.head(rows)
    more = rows - len(real)
    drawn, other = (real.iloc[dice.integers(0, len(real), more)].reset_index(drop=True) for _ in range(2))
    for column, spread in {"popularity": .3, "vote_count": .3, "runtime": .05, "vote_average": .05}.items():
        number = pd.to_numeric(drawn[column], errors="coerce") * dice.lognormal(0, spread, more)
        if column == "vote_average": number = number.clip(upper=10)
        drawn[column] = number.round(0 if column in ("vote_count", "runtime") else 1).astype(str)
    drawn["id"] = (10_000_000 + np.arange(more)).astype(str)
    drawn["imdb_id"] = [f"tt9{i:07d}" for i in range(more)]
    first, last = drawn["title"].fillna("").str.rsplit(n=1).str[0], other["title"].fillna("").str.split(n=1).str[-1]
    drawn["title"] = drawn["original_title"] = first + " " + last
    return pd.concat([real, drawn], ignore_index=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    resample(args.rows).to_csv(args.out, index=False)
