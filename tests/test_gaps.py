"""What a table does not tell costs no film, and nothing is said of it; what its number of votes counts is said as what it is; IMDb's films stay IMDb's in a file."""
import numpy as np
import pandas as pd
import pytest
from file_server import FileServer
from imdb_files import imdb_files

from movie_recsys import downloads
from movie_recsys.app import build_app, film_facts
from movie_recsys.cli import main
from movie_recsys.data import MovieDataError, count_in_words, load_movies, write_movies
from movie_recsys.evaluate import evaluate
from movie_recsys.preprocess import clean_movies
from movie_recsys.publish import dataset_table, fields, may_be_passed_on, write_dataset
from movie_recsys.recommend import MovieRecommender

N = 80


def films(**more):
    "Eighty films; of some neither rating nor votes, length nor language are known"
    known = lambda values, every, at=1: [None if k % every == at else v for k, v in enumerate(values)]  # noqa: E731
    table = {"title": [f"River {['Song', 'Keeper', 'of Ash', 'House'][k % 4]} {k}" for k in range(N)], "year": [1960 + k % 50 for k in range(N)], "genres": [["Drama", "Comedy", "Crime"][k % 3] for k in range(N)],
             "runtime": known([80 + k for k in range(N)], 9), "vote_average": known([5 + k % 4 for k in range(N)], 3), "vote_count": known([1000 - 10 * k for k in range(N)], 10, 4),
             "original_language": known(["en", "fr"] * (N // 2), 11), "directors": [f"Ann {'ABCDE'[k % 5]}. Rector" for k in range(N)]}
    return pd.DataFrame(table | more)


@pytest.fixture(scope="module")
def rec():
    return MovieRecommender.from_movies(films(), n_clusters=4)


# --- Series

def test_series_are_not_lost_for_a_running_time_that_they_do_not_have():
    shows = pd.DataFrame({"show_id": [f"s{k}" for k in range(60)], "type": ["Movie", "Movie", "TV Show"] * 20, "title": [f"Film {k}" for k in range(60)], "release_year": [1990 + k % 30 for k in range(60)],
                          "duration": ["90 min", "101 min", "2 Seasons"] * 20, "listed_in": ["Dramas", "Comedies", "TV Dramas"] * 20, "director": "", "cast": "", "country": "United States", "date_added": "9/25/2021", "rating": "PG", "description": "A story."})
    assert clean_movies(load_movies(shows)).films["kind"].eq("film").all()
    both = clean_movies(load_movies(shows), kinds=("film", "series")).films
    assert both["kind"].value_counts().to_dict() == {"film": 40, "series": 20}
    series = clean_movies(load_movies(shows), kinds=("series",)).films
    assert len(series) == 20 and len(MovieRecommender(*_fitted(both)).recommend(["Film 2"], n=3)) == 3
    basics = pd.DataFrame({"tconst": [f"tt{k:07d}" for k in range(1, 41)], "titleType": ["movie", "tvSeries"] * 20, "primaryTitle": [f"Film {k}" for k in range(40)], "originalTitle": "x", "isAdult": "0", "startYear": "1999",
                           "endYear": r"\N", "runtimeMinutes": ["90", r"\N"] * 20, "genres": "Drama"})
    assert clean_movies(load_movies(basics), kinds=("film", "series")).films["kind"].value_counts().to_dict() == {"film": 20, "series": 20}


def _fitted(table):
    from movie_recsys.cluster import fit_clusters
    return table, fit_clusters(table, 3)


# --- Gaps

def test_no_gap_costs_a_film(rec):
    cleaned = clean_movies(load_movies(films()))
    assert len(cleaned.films) == N == len(rec.films) and cleaned.report["dropped"].sum() == 0
    assert "unknown, which costs no film: vote_average 27" in cleaned.report["why"].iloc[3]
    zeros = clean_movies(load_movies(films(runtime=[0 if k % 9 == 1 else 90 for k in range(N)])))
    assert len(zeros.films) == N and zeros.films["runtime"].isna().sum() == 9 and "counts as unknown: runtime 9" in " ".join(zeros.report["why"])
    assert clean_movies(load_movies(films(vote_count=[0 if k == 3 else 9 for k in range(N)]))).dropped["why"].tolist() == ["a zero for vote_count"]


def test_a_film_of_which_little_is_known_is_recommended_from_and_recommended(rec):
    odd = rec.films.index[rec.films["vote_average"].isna() & rec.films["runtime"].isna()]
    assert len(odd) and np.isfinite(rec.score([int(odd[0])])).all()
    lists = pd.concat([rec.recommend([int(seed)], n=10) for seed in rec.films.index[::8]])
    assert rec.films.loc[lists.index, "vote_average"].isna().any()
    assert len(rec.recommend([int(odd[0])], adventure=1)) > 0


def test_nothing_is_said_of_a_rating_that_is_not_there(rec):
    unrated = int(rec.films.index[rec.films["vote_average"].isna()][0])
    told = rec.explain([unrated], int(rec.films.index[10]), adventure=0).set_index("block")["shared"]
    assert told["rating"] == ["not known of both films"]
    own = rec.explain([int(rec.films.index[10])], unrated, adventure=0).set_index("block")["shared"]
    assert "not known" in own["acclaim"][0]
    assert not any("about as well liked" in why for why in rec.recommend([unrated], n=20)["because"])
    page = build_app(rec).page
    assert "★" not in film_facts(page, unrated) and "★" in film_facts(page, int(rec.films.index[0]))


def test_a_filter_says_of_how_many_films_it_does_not_know(rec):
    found = rec.recommend([int(rec.films.index[0])], min_rating=9)
    assert found.empty and "(not known of 27) leaves 0" in found.attrs["reason"]
    assert rec.films.loc[rec.recommend([int(rec.films.index[0])], n=30, min_rating=5).index, "vote_average"].notna().all()


def test_everything_works_where_ratings_and_votes_are_partly_or_wholly_unknown(tmp_path, capsys):
    users = pd.DataFrame([(user, film, 5.0) for user in range(12) for film in np.random.default_rng(user).choice(np.arange(1, N + 1), 12, replace=False)], columns=["userId", "film_id", "rating"])
    for table in (films(), films().drop(columns=["vote_average", "vote_count"]), films(vote_average=None, vote_count=None), films().drop(columns=["runtime", "original_language", "vote_average"]), films().drop(columns="year")):
        rec = MovieRecommender.from_movies(table, n_clusters=3)
        assert len(rec.films) == N and len(rec.recommend(["River Song 0"])) == 5 and len(rec.wish("a drama")) == 5
        build_app(rec)
        again = MovieRecommender.load(rec.save(tmp_path / "model"))
        assert again.recommend(["River Song 0"])["title"].tolist() == rec.recommend(["River Song 0"])["title"].tolist()
        assert write_dataset(rec, tmp_path / "set", license="cc0-1.0").exists()
        assert len(evaluate({"ours": rec}, users, rec.films, users["userId"].unique()[:4]).users)
    table = tmp_path / "films.csv"
    films().to_csv(table, index=False)
    main(["recommend", "River Song 0", "--movies", str(table)])
    assert "River" in capsys.readouterr().out


# --- What is counted

@pytest.fixture(scope="module")
def wikidatas():
    "A table as Wikidata's"
    table = load_movies(films(vote_count=[200 - k for k in range(N)]))
    table.attrs["counts"] = "Wikipedias"
    return table


def test_sitelinks_are_said_as_what_they_are(wikidatas, tmp_path):
    assert [count_in_words(43, "Wikipedias"), count_in_words(1, "Wikipedias"), count_in_words(1086), count_in_words(1)] == ["in 43 Wikipedias", "in 1 Wikipedia", "1,086 votes", "1 vote"]
    rec = MovieRecommender.from_movies(wikidatas, n_clusters=3)
    kept = load_movies(write_movies(wikidatas, tmp_path / "w.parquet"))
    for one in (rec, MovieRecommender.load(rec.save(tmp_path / "model")), MovieRecommender.from_movies(kept, n_clusters=3)):
        assert one.films.attrs["counts"] == "Wikipedias"
        parts = one.explain(["River Song 0"], int(one.films.index[5]), adventure=0).set_index("block")["shared"]
        assert parts["fame"] == ["in 195 Wikipedias"] and parts["votes"] == ["in 200 and 195 Wikipedias"]
        reasons = one.recommend(None, genres="Drama")["because"]
        assert reasons.str.contains("Wikipedias").any() and not reasons.str.contains("vote").any()
        none = one.recommend(["River Song 0"], min_votes=1000)
        assert "min_votes=1000 (Wikipedias) leaves 0" in none.attrs["reason"]
        assert "in 200 Wikipedias" in film_facts(build_app(one).page, int(one.films.index[0]))
        assert fields(dataset_table(one)).set_index("column").loc["vote_count", "meaning"] == "number of Wikipedias that have the film"


def test_a_count_of_votes_is_said_as_votes(rec):
    assert rec.recommend(None, genres="Drama")["because"].str.contains("votes").any()


# --- Whose films they are

@pytest.fixture
def imdbs(monkeypatch, tmp_path):
    monkeypatch.setenv("MOVIE_RECSYS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(downloads, "FIRST_WAIT", .01)
    with FileServer(imdb_files()) as server:
        monkeypatch.setenv("MOVIE_RECSYS_IMDB", server.url)
        yield load_movies("imdb", min_votes=10)


@pytest.mark.filterwarnings("ignore:.*more or fewer cells")
def test_imdbs_films_in_a_file_are_still_imdbs(imdbs, tmp_path):
    cleaned = clean_movies(imdbs).films
    write_movies(imdbs, tmp_path / "own.parquet")
    imdbs.to_parquet(tmp_path / "pandas.parquet")
    cleaned.to_parquet(tmp_path / "cleaned.parquet")
    imdbs.to_csv(tmp_path / "films.csv", index=False)
    imdbs.to_csv(tmp_path / "indexed.csv")
    imdbs.to_json(tmp_path / "films.json", orient="records")
    for name in ("own.parquet", "pandas.parquet", "cleaned.parquet", "films.csv", "indexed.csv", "films.json"):
        again = load_movies(tmp_path / name)
        assert set(again["title"]) == set(imdbs["title"])
        with pytest.raises(MovieDataError, match="personal and non-commercial"): may_be_passed_on(again)
        with pytest.raises(MovieDataError, match="personal and non-commercial"): may_be_passed_on(clean_movies(again).films)


@pytest.mark.filterwarnings("ignore:.*more or fewer cells")
def test_imdbs_own_files_in_a_folder_are_imdbs_and_read_as_the_download_is(imdbs, tmp_path):
    folder = tmp_path / "tsv"
    folder.mkdir()
    for path, data in imdb_files().items(): (folder / path.strip("/")).write_bytes(data)
    with pytest.warns(UserWarning, match="cells"): own = _without_wide_row(folder)
    with pytest.raises(MovieDataError, match="personal and non-commercial"): may_be_passed_on(own)
    both = own.set_index("imdb_id").reindex(imdbs["imdb_id"])
    for part in ("directors", "writers", "cast"): assert both[part].tolist() == imdbs[part].tolist()


def _without_wide_row(folder):
    "The films of a folder whose basics have no row with too many cells; a principal too many is passed over, and said"
    import gzip
    basics = folder / "title.basics.tsv.gz"
    basics.write_bytes(gzip.compress(b"\n".join(line for line in gzip.decompress(basics.read_bytes()).split(b"\n") if line.count(b"\t") in (0, 8))))
    principals = folder / "title.principals.tsv.gz"
    principals.write_bytes(gzip.compress(gzip.decompress(principals.read_bytes()) + b"tt0113277\t9\tnm0000134\tactor\t\\N\t\\N\tmore\n"))
    return load_movies(folder, cache=False)


def test_a_table_of_ones_own_with_imdbs_ids_is_ones_own():
    mine = load_movies(films(imdb_id=[f"tt{k:07d}" for k in range(100, 100 + N)]))
    may_be_passed_on(mine)
    assert "licence" not in mine.attrs
    more = load_movies(films(film_id=range(1, N + 1), imdb_id=[f"tt{k:07d}" for k in range(100, 100 + N)]))
    assert "licence" not in more.attrs


def test_a_table_whose_words_are_all_common_has_no_space_of_plots():
    dice, words = np.random.default_rng(0), [a + b for a in ("harbour", "lamp", "river", "winter", "garden", "letter") for b in ("", "man", "light", "side", "song", "fall", "wood", "land", "house", "way", "gate", "bell", "ford", "ton", "ham", "by", "field", "stone")]
    rec = MovieRecommender.from_movies(films(overview=[" ".join(dice.choice(words, 40)) for _ in range(N)]), n_clusters=3)
    assert len(rec.recommend(["River Song 0"])) == 5 and rec.scorer.features_.space_ is None
