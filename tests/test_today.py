"""Today's films: Wikidata's queries on a real SPARQL engine, IMDb's files from a server, both on loopback and both failing on demand."""
import gzip
import time
import warnings
from datetime import date

import pandas as pd
import pytest
from file_server import FileServer
from imdb_files import imdb_files
from sparql_server import SparqlServer

from movie_recsys import downloads, imdb, wikidata
from movie_recsys.data import MovieDataError, ServiceError, load_movies, write_movies
from movie_recsys.preprocess import clean_movies
from movie_recsys.publish import build_space, dataset_licence, push_dataset, push_space
from movie_recsys.recommend import MovieRecommender


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    "A cache of its own, and no waiting"
    monkeypatch.setenv("MOVIE_RECSYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(downloads, "FIRST_WAIT", .01)
    monkeypatch.setattr(downloads, "TIMEOUT", (2, 5))
    monkeypatch.setattr(wikidata, "PAUSE", 0)


@pytest.fixture
def sparql(monkeypatch):
    "Wikidata, played"
    with SparqlServer() as server:
        monkeypatch.setenv("MOVIE_RECSYS_WIKIDATA", server.url)
        yield server


@pytest.fixture
def files(monkeypatch):
    "IMDb, played"
    with FileServer(imdb_files()) as server:
        monkeypatch.setenv("MOVIE_RECSYS_IMDB", server.url)
        yield server


# --- Wikidata

def test_wikidatas_films(sparql):
    films = load_movies("wikidata", years=(1920, 2026))
    assert films.attrs["licence"] == "cc0-1.0" and films.attrs["source"] == "wikidata" and films["film_id"].is_unique
    assert {"Interstellar", "Parasite", "Dune", "Oppenheimer", "Barbie", "Everything Everywhere All at Once", "Spirited Away", "Get Out", "Mad Max: Fury Road", "La La Land", "Avengers: Endgame"} <= set(films["title"])
    film = films.set_index("title").loc["Avengers: Endgame"]
    assert film["collection"] == "The Avengers" and {"time travel", "New York City", "superhero", "Marvel Cinematic Universe"} <= set(film["keywords"])
    assert (film["release_date"], film["tmdb_id"], film["imdb_id"], film["vote_count"]) == (pd.Timestamp("2019-04-22"), 299534, "tt4154796", 91)
    blade = films.set_index("title").loc["Blade Runner"]
    assert blade["original_language"] == "en" and len(blade["spoken_languages"]) == 2 and blade["countries"] == ["Hong Kong", "United States"]
    assert films.set_index("title").loc["Amélie", "original_title"] == "Le Fabuleux Destin d'Amélie Poulain"
    assert not {"A Series, No Film", "Known to No Wikipedia"} & set(films["title"])


def test_one_question_at_a_time_with_a_name(sparql):
    load_movies("wikidata", years=(2018, 2020))
    assert sparql.at_once == 1 and all("movie_recsys/" in agent and "https://" in agent for agent in sparql.agents)
    assert not any("SERVICE" in query for query in sparql.queries)


@pytest.mark.parametrize("fault", ["429", "429 0", "500", "502", "503", "cut", "html"])
def test_a_fault_is_asked_again(sparql, fault):
    sparql.faults = [fault, fault, "", fault]
    assert "Parasite" in set(load_movies("wikidata", years=(2019, 2019))["title"])


def test_retry_after_is_obeyed(sparql, monkeypatch):
    slept = []
    monkeypatch.setattr(downloads.time, "sleep", slept.append)
    sparql.faults = ["429 7"]
    load_movies("wikidata", years=(2019, 2019))
    assert slept[0] == 7
    sparql.faults = ["429 7200"]
    with pytest.raises(ServiceError, match="left alone for 120 minutes"): load_movies("wikidata", years=(2018, 2019))


def test_a_slow_service_is_given_up(sparql, monkeypatch):
    monkeypatch.setattr(downloads, "TIMEOUT", (1, .2))
    sparql.faults = ["slow"] * downloads.TRIES
    with pytest.raises(ServiceError, match="did not answer in time"): load_movies("wikidata", years=(2019, 2019))


def test_a_question_that_is_too_large_is_halved(sparql):
    whole = wikidata.facts_of_year(2019, sparql.url)
    sparql.too_large = lambda query: "P1476" in query and query.count("wd:Q") > 40 or '"2019-01-01' in query and query.count("-02T") == 0 and '"2019-01-02' not in query
    pd.testing.assert_frame_equal(wikidata.facts_of_year(2019, sparql.url), whole)
    sparql.too_large = lambda query: True
    with pytest.raises(downloads.TooMuchAsked): wikidata.facts_of_year(2019, sparql.url)


def test_what_came_is_kept(sparql):
    sparql.faults = [""] * 4 + ["500"] * downloads.TRIES
    with pytest.raises(ServiceError, match="What has arrived so far is kept"): load_movies("wikidata", years=(2018, 2021))
    before = len(sparql.queries)
    films = load_movies("wikidata", years=(2018, 2021))
    assert not any('"2021-01-01T00:00:00Z"^^xsd:dateTime && ?date < "2022' in query for query in sparql.queries[before:])
    before = len(sparql.queries)
    pd.testing.assert_frame_equal(load_movies("wikidata", years=(2018, 2021)), films)
    assert len(sparql.queries) == before


def test_an_old_answer_is_asked_again_and_does_where_nobody_answers(sparql):
    this = date.today().year
    films = load_movies("wikidata", years=(2019, 2019))
    before = len(sparql.queries)
    assert len(load_movies("wikidata", years=(2019, 2019), max_age=0)) == len(films) and len(sparql.queries) > before
    sparql.faults = ["500"] * downloads.TRIES
    with pytest.warns(UserWarning, match="films fetched before are used"): again = load_movies("wikidata", years=(2019, 2019), max_age=0)
    assert set(again["title"]) == set(films["title"])
    old = wikidata.fetch_wikidata((this - 3, this), progress=False)
    month_ago = time.time() - 40 * 86400
    for path in old: __import__("os").utime(path, (month_ago, month_ago))
    before = len(sparql.queries)
    wikidata.fetch_wikidata((this - 3, this), progress=False)
    asked = {query.split('?date >= "')[1][:4] for query in sparql.queries[before:] if '?date >= "' in query}
    assert asked == {str(this), str(this - 1)}


def test_a_date_is_that_of_the_first_showing(sparql):
    assert "Inception" in set(load_movies("wikidata", years=(2010, 2010))["title"])
    host = load_movies("wikidata", years=(2006, 2006)).set_index("title").loc["The Host"]
    assert host["release_date"] == pd.Timestamp("2006-05-21")


def test_little_known_films_can_be_left_out(sparql):
    assert len(load_movies("wikidata", years=(1920, 2026), min_votes=90)) == 6
    with pytest.raises(MovieDataError, match="no film with 500 votes"): load_movies("wikidata", years=(2019, 2019), min_votes=500)


def test_recommendations_come_from_series_subjects_and_makers(sparql):
    films = clean_movies(load_movies("wikidata", years=(1920, 2026))).films
    rec = MovieRecommender.from_movies(load_movies("wikidata", years=(1920, 2026)), n_clusters=4)
    assert len(films) >= 36 and films["vote_average"].notna().sum() < len(films) + 1
    first = {seed: rec.recommend([seed], n=3)["title"].tolist() for seed in ("Dune (2021)", "Alien (1979)", "Spirited Away (2001)")}
    assert "Dune: Part Two" in first["Dune (2021)"] and "Aliens" in first["Alien (1979)"]
    assert set(first["Spirited Away (2001)"]) <= {"Princess Mononoke", "My Neighbor Totoro", "Howl's Moving Castle", "The Boy and the Heron"}


def test_the_table_that_is_ready_is_taken_first(sparql, files, monkeypatch, tmp_path):
    asked = load_movies("wikidata", years=(2015, 2026))
    files.files["/films.parquet"] = write_movies(asked, tmp_path / "films.parquet").read_bytes()
    monkeypatch.delenv("MOVIE_RECSYS_WIKIDATA")
    monkeypatch.setenv("MOVIE_RECSYS_FILMS", f"{files.url}/films.parquet")
    before = len(sparql.queries)
    films = load_movies("wikidata")
    assert set(films["title"]) == set(asked["title"]) and films.attrs["licence"] == "cc0-1.0" and films.attrs["source"] == "wikidata"
    assert load_movies("wikidata", years=(2019, 2019), min_votes=50)["title"].tolist() == ["Avengers: Endgame", "Parasite"]
    assert len(sparql.queries) == before and [r.status for r in files.requests] == [200]
    files.files["/films.parquet"] = b"PAR1 broken"
    with pytest.raises(MovieDataError, match="damaged"): load_movies("wikidata", max_age=0)
    del files.files["/films.parquet"]  # none is offered: the service is asked
    monkeypatch.setattr(wikidata, "SERVICE", sparql.url)
    assert set(load_movies("wikidata", years=(2015, 2026))["title"]) == set(asked["title"])


def test_the_table_for_a_release(sparql, monkeypatch, tmp_path, root):
    monkeypatch.syspath_prepend(str(root / "tools"))
    monkeypatch.setattr(wikidata, "SERVICE", sparql.url)
    import todays_films
    path = tmp_path / "films.parquet"
    monkeypatch.setattr("sys.argv", ["todays_films.py", str(path), "--years", "2018", "2020"])
    with pytest.raises(SystemExit, match="at least 50,000 were expected"): todays_films.main()
    assert not path.exists()
    monkeypatch.setattr("sys.argv", ["todays_films.py", str(path), "--years", "2018", "2020", "--least", "5"])
    todays_films.main()
    assert "Parasite" in set(load_movies(path)["title"])


# --- IMDb

def test_imdbs_films(files):
    with pytest.warns(UserWarning, match="1 rows have more or fewer cells"): films = load_movies("imdb")
    assert set(films["title"]) == {'"Weird" Al: The Movie', "Heat", "Parasite", "The Matrix"}
    film = films.set_index("title").loc["The Matrix"]
    assert (film["film_id"], film["release_year"], film["runtime"], film["vote_count"], film["vote_average"]) == (133093, 1999, 136, 2_100_000, 8.7)
    assert film["directors"] == ["Lana Wachowski", "Lilly Wachowski"] and film["cast"] == ["Keanu Reeves", "Laurence Fishburne"] and film["genres"] == ["Action", "Sci-Fi"]
    assert films.attrs["ids"] == "imdb" and films.attrs["licence"] == "imdb-non-commercial"


@pytest.mark.filterwarnings("ignore:.*more or fewer cells")
def test_imdbs_files_are_fetched_once_and_taken_up(files):
    files.faults = {"/title.principals.tsv.gz": ["cut", "500", "cut"], "/name.basics.tsv.gz": ["429 0"]}
    films = load_movies("imdb")
    ranges = [asked.range for asked in files.requests if asked.path == "/title.principals.tsv.gz"]
    assert ranges[0] == "" and all(ranges[1:])
    before = len(files.requests)
    pd.testing.assert_frame_equal(load_movies("imdb"), films)
    assert len(load_movies("imdb", min_votes=10)) == 5 and len(load_movies("imdb", years=(2000, 2026))) == 1
    assert len(files.requests) == before
    load_movies("imdb", max_age=0)
    assert [asked.status for asked in files.requests[before:]] == [304] * 5


@pytest.mark.filterwarnings("ignore:.*more or fewer cells")
def test_a_newer_file_is_read(files):
    load_movies("imdb")
    files.files["/title.ratings.tsv.gz"] = gzip.compress(gzip.decompress(files.files["/title.ratings.tsv.gz"]).replace(b"9000005\t6.0\t20", b"9000005\t6.0\t900"))
    assert "Hardly Seen" in set(load_movies("imdb", max_age=0)["title"])


@pytest.mark.filterwarnings("ignore:.*more or fewer cells")
@pytest.mark.parametrize("damage", [lambda data: data[:-30], lambda data: data[:-6] + b"\0\0" + data[-4:], lambda data: b"<html>", lambda data: gzip.compress(b"tconst\tsomething\n")])
def test_a_damaged_file_is_said_and_fetched_anew(files, damage):
    good = files.files["/title.crew.tsv.gz"]
    files.files["/title.crew.tsv.gz"] = damage(good)
    with pytest.raises(MovieDataError, match="title.crew.tsv.gz is damaged"): load_movies("imdb")
    files.files["/title.crew.tsv.gz"] = good
    assert len(load_movies("imdb")) == 4


def test_imdb_that_cannot_be_reached(monkeypatch):
    monkeypatch.setenv("MOVIE_RECSYS_IMDB", "http://127.0.0.1:9")
    with pytest.raises(ServiceError, match="cannot be reached"): load_movies("imdb")
    with pytest.raises(ServiceError, match="https"): load_movies("imdb", address="ftp://example.org")


def test_a_file_that_changed_between_two_pieces_is_fetched_whole(files, tmp_path):
    files.files["/big.bin"], files.faults["/big.bin"] = b"old" * 500_000, ["cut", "404"]
    with pytest.raises(ServiceError): downloads.download(f"{files.url}/big.bin", tmp_path / "big.bin", progress=False)
    files.files["/big.bin"] = b"new" * 500_000
    assert downloads.download(f"{files.url}/big.bin", tmp_path / "big.bin", progress=False).read_bytes() == b"new" * 500_000
    assert files.requests[-1].range and files.requests[-1].status == 200


# --- TMDB, and any other source

def test_tmdbs_daily_table_through_kagglehub(monkeypatch, tmp_path):
    asked = []
    pd.DataFrame({"id": [1, 2], "title": ["Known", "Unknown"], "vote_average": [7, 7], "vote_count": [10, 9], "status": "Released", "release_date": "2020-01-01", "original_language": "en", "genres": "Drama",
                  "cast": "", "director": "", "director_of_photography": "", "writers": "", "imdb_rating": 7, "imdb_votes": 1}).to_csv(tmp_path / "TMDB_all_movies.csv", index=False)
    monkeypatch.setattr("kagglehub.dataset_download", lambda name: asked.append(name) or str(tmp_path))
    assert load_movies("tmdb")["title"].tolist() == ["Known"] and asked == ["alanvourch/tmdb-movies-daily-updates"]
    assert len(load_movies("tmdb", min_votes=0)) == 2


def test_years_and_votes_of_any_table():
    films = load_movies(pd.DataFrame({"title": list("abc"), "year": [1990, 2000, None]}), years=(1995, 2005))
    assert films["title"].tolist() == ["b"]
    with pytest.raises(MovieDataError, match="no vote_count"): load_movies(pd.DataFrame({"title": ["a"]}), min_votes=5)


# --- Passing on

@pytest.mark.filterwarnings("ignore:.*more or fewer cells")
def test_imdbs_films_are_not_published(files, tmp_path):
    films = load_movies("imdb")
    rec = MovieRecommender.from_movies(films, n_clusters=2)
    again = MovieRecommender.load(rec.save(tmp_path / "model"))
    for one in (rec, again):
        for publish in (lambda one=one: push_dataset(one, "me/films", license="cc0-1.0", dry_run=True), lambda one=one: push_space("me/app", one, dry_run=True), lambda one=one: build_space(tmp_path / "space", one)):
            with pytest.raises(MovieDataError, match="personal and non-commercial"): publish()
    before = len(files.requests)
    with pytest.raises(MovieDataError, match="personal and non-commercial"): push_space("me/app", "imdb", dry_run=True)
    assert len(files.requests) == before and not (tmp_path / "space").exists()


def test_wikidatas_films_are_published_as_cc0(sparql):
    rec = MovieRecommender.from_movies(load_movies("wikidata", years=(2010, 2026)), n_clusters=3)
    assert dataset_licence(rec) == "cc0-1.0"


def test_nothing_heavy_is_imported_for_it():
    assert imdb.LICENCE and not {"duckdb", "pyoxigraph"} & {name.split(".")[0] for name in vars(imdb) | vars(wikidata)}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_movies(years=(1990, 1990))["release_year"].eq(1990).all()
