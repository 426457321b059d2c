"""Tables as people have them: ids of several kinds, years in titles, gaps that no feature minds, rows that are no film for everybody."""
import numpy as np
import pandas as pd
import pytest

from movie_recsys.app import build_app
from movie_recsys.data import Limits, MovieDataError, load_movies, load_ratings
from movie_recsys.preprocess import clean_movies
from movie_recsys.recommend import MovieRecommender

N = 60
TITLES = [f"River {word} {k}" for k in range(N // 3) for word in ("of Ash", "Song", "Keeper")]


@pytest.fixture
def movielens(tmp_path):
    "A folder as MovieLens gives it: films 1 to 60, whose TMDB ids are numbers of other rows"
    films = pd.DataFrame({"movieId": range(1, N + 1), "title": [f"{title} ({1960 + k % 50})" for k, title in enumerate(TITLES)],
                          "genres": ["Drama|Crime" if k % 2 else "(no genres listed)" if k == 10 else "Comedy" for k in range(N)]})
    links = pd.DataFrame({"movieId": films["movieId"], "imdbId": 9_000_000 + films["movieId"], "tmdbId": (7 * films["movieId"] - 3) % 61})
    ratings = pd.DataFrame({"userId": [1, 1, 2, 2], "movieId": [1, 2, 1, 3], "rating": [5.0, 4.0, 3.5, 1.0], "timestamp": 964_982_703})
    for name, table in (("movies", films), ("links", links), ("ratings", ratings)): table.to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def test_movielens_titles_are_titles_and_years(movielens):
    films = load_movies(movielens / "movies.csv", cache=False)
    assert films["title"].tolist() == TITLES and films["release_year"].iloc[3] == 1963
    assert films["film_id"].tolist() == films["movielens_id"].tolist() == list(range(1, N + 1))
    assert films["genres"].iloc[10] == [] and films["genres"].iloc[1] == ["Drama", "Crime"]


def test_movielens_ratings_go_to_movielens_films(movielens):
    films = load_movies(movielens / "movies.csv", cache=False)
    for table in (films, clean_movies(films).films):
        found = load_ratings(movielens, table)
        assert found[["userId", "film_id"]].values.tolist() == [[1, 1], [1, 2], [2, 1], [2, 3]]


def test_the_same_ratings_go_over_tmdbs_ids_and_over_imdbs(movielens):
    links = pd.read_csv(movielens / "links.csv")
    by_tmdb = load_movies(pd.DataFrame({"id": links["tmdbId"], "title": TITLES, "year": 1990, "poster_path": "/p.jpg"}))
    by_imdb = load_movies(pd.DataFrame({"imdb_id": [f"tt{i:07d}" for i in links["imdbId"]], "title": TITLES, "year": 1990}))
    for films in (by_tmdb, by_imdb):
        found = load_ratings(movielens, films)
        assert films.set_index("film_id")["title"][found["film_id"]].tolist() == [TITLES[0], TITLES[1], TITLES[0], TITLES[2]]


def test_ratings_are_refused_where_no_id_is_known(movielens):
    "Row numbers are nobody's ids"
    rows = load_movies(pd.DataFrame({"title": TITLES, "year": 1990}))
    with pytest.raises(MovieDataError, match="neither MovieLens' ids nor TMDB's or IMDb's"): load_ratings(movielens, rows)


def test_a_year_in_some_titles_is_part_of_the_title():
    films = load_movies(pd.DataFrame({"title": ["Blade Runner (2049)", "River of Ash", "River Song"]}))
    assert films["title"].iloc[0] == "Blade Runner (2049)" and "release_year" not in films
    dated = load_movies(pd.DataFrame({"title": ["Heat (1995)", "Alien (1979)"], "year": [1995, 1979]}))
    assert dated["title"].tolist() == ["Heat (1995)", "Alien (1979)"]


def table(**more):
    "Sixty films, and what a test adds"
    return pd.DataFrame({"id": range(1, N + 1), "title": TITLES, "release_date": [f"{1960 + k % 50}-05-01" for k in range(N)], "genres": ["Drama", "Comedy"] * (N // 2),
                         "runtime": 90, "vote_average": [5 + k % 4 for k in range(N)], "vote_count": [10_000 - 100 * k for k in range(N)], **more})


def test_a_gap_that_no_feature_minds_costs_no_film():
    poor = table(budget=[None if k % 2 else 10**6 for k in range(N)], revenue=[0 if k % 3 else 5 for k in range(N)], poster_path=[None if k % 5 else "/p.jpg" for k in range(N)])
    films = load_movies(poor)
    cleaned = clean_movies(films)
    assert len(cleaned.films) == N and {"budget", "poster_path"} <= set(cleaned.films)
    assert "no feature uses budget, revenue, poster_path" in cleaned.report["why"].iloc[0]


def test_the_reports_own_table_loses_what_it_lost():
    "Its columns show it: there a missing poster still costs a film, as the report has it"
    reports = table(budget=[0] * N, revenue=0, adult=False, original_language="en", popularity=1.0, belongs_to_collection=None, poster_path=[None if k % 5 == 0 else "/p.jpg" for k in range(N)])
    assert len(clean_movies(load_movies(reports)).films) == N - N // 5


def test_adult_and_planned_films_are_left_out_and_counted():
    films = load_movies(table(adult=[k % 3 == 0 for k in range(N)], status=["Planned" if k % 7 == 1 else "Released" for k in range(N)]))
    cleaned = clean_movies(films)
    left = cleaned.films
    assert not left["adult"].any() and (left["status"] == "Released").all()
    account = cleaned.report.set_index("step")["dropped"]
    assert account["adult films"] == 20 and account.sum() == N - len(left)
    assert len(clean_movies(films, adult=True).films) == N - account["unreleased films"] - (films["adult"] & (films["status"] == "Planned")).sum()
    assert len(clean_movies(films, adult=True, unreleased=True).films) == N
    with pytest.raises(MovieDataError, match="for adults alone"): clean_movies(load_movies(table(adult=True)))


def test_kinds_other_than_films_are_left_out():
    films = load_movies(table(kind=["series" if k % 4 == 0 else "film" if k % 4 else None for k in range(N)]))
    assert len(clean_movies(films).films) == 45 and len(clean_movies(films, kinds=("film", "series")).films) == N


@pytest.mark.parametrize("lacking", [["release_date"], ["genres"], ["vote_count"], ["vote_average", "vote_count"], ["release_date", "genres", "runtime"]], ids=str)
def test_everything_works_without_a_column(lacking):
    rec = MovieRecommender.from_movies(table().drop(columns=lacking), n_clusters=4)
    assert len(rec.recommend([TITLES[0]])) == 5
    build_app(rec)


def test_the_years_filter_works_on_the_known_years():
    films = table().drop(columns="release_date").assign(year=[1960 + k if k % 4 == 0 else None for k in range(N)])
    rec = MovieRecommender.from_movies(films, n_clusters=4)
    assert rec.films["release_year"].notna().sum() == 15
    found = rec.recommend([TITLES[0]], years=(1990, 2030))
    assert len(found) and rec.films.loc[found.index, "release_year"].ge(1990).all()
    assert np.isfinite(found["score"]).all()


def test_the_endpoints_and_the_command_name_films_without_a_year(tmp_path, capsys):
    from movie_recsys import app as pages
    from movie_recsys.cli import main
    films = table().drop(columns="release_date").assign(year=[1960 + k if k % 4 == 0 else None for k in range(N)])
    page = pages.FilmPage(MovieRecommender.from_movies(films, n_clusters=4))
    years = [film["year"] for film in [*pages.find(page, "River", 20), *pages.recommend(page, [TITLES[0]], 20)]]
    assert None in years and any(years)
    films.to_csv(tmp_path / "films.csv", index=False)
    assert main(["recommend", TITLES[0], "--movies", str(tmp_path / "films.csv"), "--n", "20"]) in (0, None)
    said = capsys.readouterr().out
    assert "nan" not in said and "NA" not in said and "(19" in said


def test_an_index_of_ids_is_kept():
    films = clean_movies(load_movies()).films.head(500)
    again = load_movies(films)
    assert again["film_id"].tolist() == films.index.tolist() != again["imdb_id"].tolist()
    assert load_movies(films.reset_index())["film_id"].tolist() == films.index.tolist()
    assert load_movies(films.reset_index(drop=True)).columns[0] == "film_id"


def test_many_ratings_are_read_a_part_at_a_time(movielens):
    "A plain file, a Parquet file, a packed one and a table of texts give the same; the last rating of a film counts"
    films = load_movies(movielens / "movies.csv", cache=False)
    ratings = pd.DataFrame({"userId": [2, 1, 1, 2, 3], "movieId": [1, 2, 2, 77, 60], "rating": [4, 5, 3.5, 1, 2], "timestamp": [9, 8, 7, 6, 5]})
    files = {name: movielens / name for name in ("a.csv", "a.csv.gz", "a.parquet", "texts.csv", "few.csv")}
    for name in ("a.csv", "a.csv.gz"): ratings.to_csv(files[name], index=False)
    ratings.to_parquet(files["a.parquet"])
    ratings.astype(str).assign(timestamp=pd.to_datetime(ratings["timestamp"], unit="s")).to_csv(files["texts.csv"], index=False)
    for name in ("a.csv", "a.csv.gz", "a.parquet", "texts.csv"):
        found = load_ratings(files[name], films)
        assert found[["userId", "film_id", "rating"]].values.tolist() == [[2, 1, 4], [1, 2, 5], [3, 60, 2]], name
        assert found.attrs == {"read": 5, "matched": 4, "repeated": 1, "users": 3, "films": 3} and found["userId"].dtype == "int32", name
    pd.DataFrame({"userId": [1], "stars": [5]}).to_csv(files["few.csv"], index=False)
    with pytest.raises(MovieDataError, match="it has no rating"): load_ratings(files["few.csv"], films)
    files["a.parquet"].write_bytes(files["a.parquet"].read_bytes()[:200])
    with pytest.raises(MovieDataError, match="a.parquet"): load_ratings(files["a.parquet"], films)


def test_more_ratings_than_the_limit_are_refused_not_cut(movielens):
    films = load_movies(movielens / "movies.csv", cache=False)
    with pytest.raises(MovieDataError, match="more than 0 ratings"): load_ratings(movielens, films, Limits(rows=0))
