"""A table of any size in the layout of TMDB's 930,000 films, out of nothing: `python benchmarks/tmdb_made.py 1200000 OUT.csv`.

Two films in three have no vote, the votes of the others are spread as TMDB's are (a few have tens of thousands, most one or
two), and words, keywords and companies are as unevenly frequent as in a language. The same number gives the same table.
"""
import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

GENRES = ["Drama", "Documentary", "Comedy", "Animation", "Horror", "Romance", "Music", "Thriller", "Action", "Crime", "Family", "TV Movie", "Adventure",
          "Fantasy", "Mystery", "Science Fiction", "History", "War", "Western"]
COUNTRIES = ["United States of America", "France", "Germany", "United Kingdom", "Japan", "Canada", "India", "Italy", "Brazil", "Spain", "Mexico", "South Korea", "Sweden", "Argentina", "Russia"]
LANGUAGES = {"en": "English", "fr": "French", "es": "Spanish", "de": "German", "ja": "Japanese", "zh": "Mandarin", "pt": "Portuguese", "it": "Italian", "ru": "Russian", "ko": "Korean", "hi": "Hindi", "sv": "Swedish"}
SYLLABLES = [a + b for a in "b c d f g l m n p r s t v st br".split() for b in "a e i o u ar en il on".split()]
HEADER = ("id,title,vote_average,vote_count,status,release_date,revenue,runtime,adult,backdrop_path,budget,homepage,imdb_id,original_language,original_title,overview,popularity,"
          "poster_path,tagline,genres,production_companies,production_countries,spoken_languages,keywords").split(",")


class Maker:
    "Columns of so many rows, from one source of chance"
    def __init__(self, rows, random_state): self.rows, self.dice = rows, np.random.default_rng(random_state)

    def often(self, n, sharpness=1.0):
        "For each row one of `n` things, the first the most frequent"
        weight = 1 / (np.arange(n) + 2) ** sharpness
        return self.dice.choice(n, self.rows, p=weight / weight.sum())

    def words(self, n, syllables=(2, 4)):
        "So many made words"
        made = {"".join(self.dice.choice(SYLLABLES, self.dice.integers(*syllables))) for _ in range(int(1.3 * n))}
        return np.array(sorted(made))[self.dice.permutation(len(made))[:n]]

    def joined(self, names, most, sep, least=0, sharpness=1.0):
        "For each row from `least` to `most` of some names"
        names, n = pa.array(list(names)), self.dice.integers(least, most + 1, self.rows)
        parts = [names.take(pa.array(self.often(len(names), sharpness), mask=n <= k)) for k in range(most)]
        text = pc.binary_join_element_wise(parts[0].fill_null(""), *parts[1:], sep, null_handling="skip")
        return pc.if_else(pa.array(n == 0), pa.scalar(None, pa.string()), text)


def made_films(
    rows: int,  # how many films
    random_state: int = 0,  # the same number gives the same table
) -> pa.Table:
    "A table of films under TMDB's columns"
    make = Maker(rows, random_state)
    dice, words = make.dice, make.words(20_000)
    voted = dice.random(rows) > .65
    votes = np.where(voted, np.minimum(dice.pareto(.75, rows) + 1, 38_000), 0).astype(int)
    phrases = np.array([" ".join(words[np.minimum(dice.zipf(1.3, 5), len(words)) - 1]) for _ in range(60_000)])
    told = voted | (dice.random(rows) > .5)
    pictured = pa.array([f"/{k:x}.jpg" for k in dice.integers(16**10, 16**11, rows)], mask=~(voted | (dice.random(rows) > .6)))
    days = np.datetime64("1900-01-01") + (46_000 * dice.beta(4, 1.2, rows)).astype(int)
    language = make.often(len(LANGUAGES), 1.2)
    title = make.joined([word.capitalize() for word in words], 4, " ", 1, .7)
    columns = {
        "id": np.arange(2, 2 + rows), "title": title, "vote_average": np.where(voted, dice.normal(6.2, 1.4, rows).clip(1, 10).round(3), 0), "vote_count": votes,
        "status": pd.Categorical.from_codes((dice.random(rows) > .97).astype(int), ["Released", "In Production"]).astype(str),
        "release_date": pa.array(days.astype(str), mask=dice.random(rows) > .85), "revenue": np.where(votes > 500, votes * 60_000, 0), "runtime": np.where(dice.random(rows) > .28, dice.normal(85, 30, rows).clip(1, 400).astype(int), 0),
        "adult": pd.Categorical.from_codes((dice.random(rows) > .91).astype(int), ["False", "True"]).astype(str), "backdrop_path": None, "budget": np.where(votes > 500, votes * 20_000, 0), "homepage": None,
        "imdb_id": pa.array([f"tt{k:07d}" for k in range(100, 100 + rows)], mask=dice.random(rows) > .55), "original_language": np.array(list(LANGUAGES))[language],
        "original_title": pc.if_else(pa.array(language == 0), title, make.joined([word.capitalize() for word in words], 4, " ", 1, .7)),
        "overview": pc.if_else(pa.array(told), make.joined(phrases, 8, " ", 3, .3), pa.scalar(None, pa.string())), "popularity": (.6 + votes ** .7 * dice.lognormal(-2, .5, rows)).round(3), "poster_path": pictured, "tagline": None,
        "genres": make.joined(GENRES, 3, ", "), "production_companies": make.joined([f"{word.capitalize()} Films" for word in words], 2, ", ", 0, .8), "production_countries": make.joined(COUNTRIES, 2, ", ", 0, 1.4),
        "spoken_languages": make.joined(LANGUAGES.values(), 2, ", ", 0, 1.4), "keywords": make.joined(make.words(15_000, (2, 5)), 6, ", ")}
    return pa.table({name: pa.nulls(rows, pa.string()) if columns[name] is None else columns[name] for name in HEADER})


def write_made(
    path: Path,  # the CSV to write
    rows: int,  # how many films
    random_state: int = 0,  # the same number gives the same table
) -> Path:
    "Write such a table, and give the path back"
    pacsv.write_csv(made_films(rows, random_state), path)
    return path


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    write_made(args.out, args.rows)
