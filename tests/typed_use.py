"""A user's program, not run but checked by mypy in its strict way: the types that the public surface promises."""
from pathlib import Path

import numpy as np
import pandas as pd

from movie_recsys.cluster import MovieClusters, fit_clusters
from movie_recsys.data import MovieRecsysError, TitleNotFoundError, load_movies
from movie_recsys.posters import Posters
from movie_recsys.preprocess import Cleaned, clean_movies
from movie_recsys.publish import build_space, push_dataset
from movie_recsys.recommend import MovieRecommender
from movie_recsys.report import Report
from movie_recsys.similarity import Query
from movie_recsys.taste import Taste
from movie_recsys.tmdb import TMDB, film_from_tmdb


def use() -> None:
    films: pd.DataFrame = load_movies(Path("films.csv"), columns={"name": "title"})
    cleaned: Cleaned = clean_movies(films)
    model: MovieClusters = fit_clusters(cleaned.films, n_clusters=13, n_init=10, random_state=0)
    labels: np.ndarray = model.labels_
    names: list[str] = model.names_
    rec = MovieRecommender(cleaned.films, model)
    again: MovieRecommender = MovieRecommender.load(rec.save("model"))
    found: pd.DataFrame = again.recommend(["Heat", 862], n=5, seen=["Casino"], adventure=.75, genres="Crime", years=(1990, None),
                                          languages=["en"], runtime=(90, None), min_votes=100, people="Al Pacino", items=cleaned.films.index)
    parts: pd.DataFrame = rec.explain("Heat", found.index[0], adventure=.75)
    score: pd.Series = rec.score("Heat")
    many: pd.DataFrame = rec.recommend_many([["Heat"], ["Casino"]], n=10)
    taste: Taste = Taste.from_export(Path("letterboxd.zip"), rec) + Taste.from_json(Taste(liked={1: .9}).to_json())
    again_csv: str = taste.to_csv(rec.films, "imdb", "watchlist") + taste.summary() + str(taste.favourites())
    report = Report(rec, random_state=0)
    options: list[str] = report.set_movie_options()
    label: int = report.get_label_by_name("Heat")
    title: str = report.find_samelabel_movie(label)
    known: bool = report.movie_existence(title)
    five: list[str] = report.recommend_movie([title]) + report.recommend_based_on_new_movie(title)
    space: Path = build_space("space", source=rec)
    sent: str | pd.DataFrame = push_dataset(rec, "user/films", license="cc0-1.0", dry_run=True)
    print(again_csv, labels, names, parts, many, score, options, known, five, space, sent)


class Voted:
    "A scorer of one's own needs this method alone"
    def __init__(self, films: pd.DataFrame): self.votes: np.ndarray = films["vote_count"].to_numpy(float)

    def score(self, query: Query) -> np.ndarray: return self.votes - len(query.seeds)


def replaced(cleaned: Cleaned, model: MovieClusters) -> pd.DataFrame:
    rec = MovieRecommender(cleaned.films, model, scorer=Voted(cleaned.films))
    return rec.recommend(None, genres=["Drama"])


def ask(tmdb: TMDB, cleaned: Cleaned) -> pd.DataFrame:
    found: list[dict[str, object]] = tmdb.search("Heat", 1995)
    urls: list[str | None] = tmdb.fetch_list_posters(["Heat (1995)"])
    stack: list[np.ndarray] = tmdb.to_numpy_images_from_urls(urls) + Posters(tmdb).arrays(cleaned.films)
    trouble: str | None = tmdb.trouble
    print(found, stack, trouble, tmdb.ready)
    return film_from_tmdb(tmdb.movie(949, append="keywords,credits") or {}, cleaned.films)


def near(error: MovieRecsysError) -> list[str]:
    return error.nearest if isinstance(error, TitleNotFoundError) else []
