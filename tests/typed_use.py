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
from movie_recsys.tmdb import TMDB, film_from_tmdb


def use() -> None:
    films: pd.DataFrame = load_movies(Path("films.csv"), columns={"name": "title"})
    cleaned: Cleaned = clean_movies(films)
    model: MovieClusters = fit_clusters(cleaned.films, n_clusters=13, n_init=10, random_state=0)
    labels: np.ndarray = model.labels_
    names: list[str] = model.names_
    rec = MovieRecommender(cleaned.films, model)
    again: MovieRecommender = MovieRecommender.load(rec.save("model"))
    found: pd.DataFrame = again.recommend(["Heat", 862], n=5, genres="Crime", years=(1990, None), seen=["Casino"])
    parts: pd.DataFrame = rec.explain("Heat", found.index[0])
    score: pd.Series = rec.score("Heat")
    options: list[str] = rec.set_movie_options(random_state=0)
    label: int = rec.get_label_by_name("Heat")
    title: str = rec.find_samelabel_movie(label)
    known: bool = rec.movie_existence(title)
    five: list[str] = rec.recommend_movie([title])
    space: Path = build_space("space", source=rec)
    sent: str | pd.DataFrame = push_dataset(rec, "user/films", license="cc0-1.0", dry_run=True)
    print(labels, names, parts, score, options, known, five, space, sent)


def ask(tmdb: TMDB, cleaned: Cleaned) -> pd.DataFrame:
    found: list[dict[str, object]] = tmdb.search("Heat", 1995)
    urls: list[str | None] = tmdb.fetch_list_posters(["Heat (1995)"])
    stack: list[np.ndarray] = tmdb.to_numpy_images_from_urls(urls) + Posters(tmdb).arrays(cleaned.films)
    trouble: str | None = tmdb.trouble
    print(found, stack, trouble, tmdb.ready)
    return film_from_tmdb(tmdb.movie(949, append="keywords,credits") or {}, cleaned.films)


def near(error: MovieRecsysError) -> list[str]:
    return error.nearest if isinstance(error, TitleNotFoundError) else []
