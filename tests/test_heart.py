"""The heart: one score from query to reason, every dial and filter, any scorer, and tables that lack something."""
import re
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from movie_recsys import app as pages
from movie_recsys.cli import main
from movie_recsys.data import MovieRecsysError, SelectionError, load_movies
from movie_recsys.evaluate import Listed, evaluate, evaluate_neighbours
from movie_recsys.lists import SAYING, sequels
from movie_recsys.recommend import FILTERS, MovieRecommender
from movie_recsys.similarity import LikeLift
from movie_recsys.taste import Taste

ONE, THREE = ["Heat (1995)"], ["Toy Story (1995)", "Amélie (2001)", "Alien (1979)"]
FIVE = ["Casablanca (1942)", "The Matrix (1999)", "Fargo (1996)", "Run Lola Run (1998)", "Jaws (1975)"]
SETS = pytest.mark.parametrize("seeds", [ONE, THREE, FIVE], ids=["one", "three", "five"])


@pytest.fixture(scope="session")
def thousand(rec):
    "The thousand most voted of them"
    return rec.films["vote_count"].nlargest(1000).index


# One score

def test_sentences_are_those_of_the_whole_explanation(rec, thousand, monkeypatch):
    dice, lists = np.random.default_rng(2), []
    questions = [dice.choice(thousand, size, replace=False).tolist() for size in (1, 2, 3, 4, 5, 40) for _ in range(4)]
    questions = [Taste(liked=dict.fromkeys(seeds, 1.0)) if len(seeds) > 5 else seeds for seeds in questions]
    for _ in range(2):
        lists.append([rec.recommend(seeds, n=1 + i % 6)["because"].tolist() for i, seeds in enumerate(questions)])
        monkeypatch.setattr(type(rec.scorer), "reasons", type(rec.scorer).explain)
    assert lists[0] == lists[1]


@SETS
@pytest.mark.parametrize("adventure", [0, .5, .75, 1])
def test_the_score_of_the_list_is_the_score_and_the_sum_of_its_parts(rec, seeds, adventure):
    found = rec.recommend(seeds, n=8, adventure=adventure)
    assert len(found) == 8 and np.allclose(found["score"], rec.score(seeds, adventure)[found.index], atol=1e-4)
    for film, score in found["score"].items():
        parts = rec.explain(seeds, film, adventure)
        assert np.isclose(parts["share"].sum(), score, atol=1e-3) and all(parts["shared"].map(lambda shared: len(shared) and all(shared)))
        assert set(parts["seed"].dropna()) <= set(found.attrs["seeds"])


@SETS
@pytest.mark.parametrize("adventure", [0, .5, 1])
def test_the_list_falls_and_repeats_nothing(rec, seeds, adventure):
    found = rec.recommend(seeds, n=20, adventure=adventure)
    assert found["score"].is_monotonic_decreasing and set(found["placed"]) <= {"score", "variety", "coverage"}
    assert found.index.is_unique and not found.index.intersection(rec.resolve(seeds)).size
    assert list(found.attrs["seeds"].values()) == seeds
    unmarked, score = found[found["placed"] == "score"], rec.score(seeds, adventure)
    if adventure < .75 and len(seeds) == 1:  # nothing unmarked is beaten by a film that was left out of the same clusters
        near = np.isin(rec.model.labels_, rec.probe_order[rec.films.index.get_indexer(rec.resolve(seeds))][:, :3])
        assert unmarked["score"].min() >= score[near].drop(rec.resolve(seeds)).nlargest(20).iloc[-1] - 1e-4


def test_the_same_question_has_the_same_answer_in_any_order(rec):
    for seeds in (THREE, FIVE):
        found = rec.recommend(seeds, n=10)
        pd.testing.assert_frame_equal(found, rec.recommend(seeds, n=10))
        assert set(found.index) == set(rec.recommend(seeds[::-1], n=10).index)
        assert np.allclose(rec.score(seeds), rec.score(seeds[::-1]), atol=1e-4)


def test_many_lists_are_the_lists_of_recommend(rec):
    queries = [ONE, THREE, FIVE, [rec.resolve("Jaws")[0]]]
    many = rec.recommend_many(queries, n=7, adventure=.25, min_votes=20)
    assert list(many) == ["query", "rank", "film_id", "score"]
    for q, seeds in enumerate(queries):
        alone, mine = rec.recommend(seeds, n=7, adventure=.25, min_votes=20), many[many["query"] == q]
        assert mine["film_id"].tolist() == alone.index.tolist() and mine["rank"].tolist() == list(range(1, 8))
        assert np.allclose(mine["score"], alone["score"])


# Scorers of one's own

class Newest:
    "The least that a scorer can be"
    def __init__(self, films): self.years = films["release_year"].to_numpy(float)

    def score(self, query): return self.years - len(query.seeds)


class Longest:
    "One that is fitted"
    def fit(self, films, likes=None): self.minutes = films["runtime"].to_numpy(float)

    def score(self, query): return self.minutes


@pytest.fixture(params=["score alone", "with fit"])
def foreign(request, rec):
    "The bundled films with a scorer of somebody's own"
    return MovieRecommender(rec.films, rec.model, scorer=Newest(rec.films) if request.param == "score alone" else Longest())


def test_a_foreign_scorer_recommends_and_explains(foreign):
    for seeds in (ONE, THREE, None):
        found = foreign.recommend(seeds, n=6, min_votes=10)
        assert len(found) == 6 and np.allclose(found["score"], foreign.score(seeds)[found.index])
        assert found["score"].is_monotonic_decreasing and found["because"].str.len().min() > 10
    parts = foreign.explain(ONE, found.index[0])
    assert np.isclose(parts["share"].sum(), foreign.score(ONE)[found.index[0]]) and parts["shared"].str.len().min() > 0
    assert foreign.recommend_many([ONE], n=3)["film_id"].tolist() == foreign.recommend(ONE, n=3).index.tolist()


def test_a_foreign_scorer_is_measured(foreign, rec, thousand):
    dice, ids = np.random.default_rng(0), thousand[:100]
    likes = pd.DataFrame([(user, film, 5., 2e9) for user in range(12) for film in dice.choice(ids, 15, replace=False)], columns=["userId", "film_id", "rating", "timestamp"])
    rivals = {"mine": foreign, "ours": rec}
    taste = evaluate(rivals, likes, rec.films, test_users=[0, 1], draws=1).summary()
    near = evaluate_neighbours(rivals, {i: set(ids) - {i} for i in ids}, rec.films, sets=3, sizes=(1, 3))
    assert set(taste.index) == set(rivals) == set(near.index.get_level_values("recommender")) and near["P@10"].between(0, 1).all()


def test_our_own_list_is_measured(rec):
    "For fifty sets, since it depends on the score whether 32 bits are enough"
    for seeds in np.random.default_rng(0).choice(rec.films.index, (50, 3)).tolist():
        assert set(Listed(rec).score(seeds).nlargest(5).index) == set(rec.recommend(seeds).index)


def test_a_foreign_scorer_serves_the_app(foreign):
    page = pages.build_app(foreign).page
    found = pages.recommend(page, ONE, n=3)
    parts = pages.explain(page, ONE, f"{found[0]['title']} ({found[0]['year']})")
    assert len(found) == 3 and all(film["because"] for film in found) and parts[0]["shared"]
    seen = pages.answer(page, {"films": [str(foreign.resolve("Heat (1995)")[0])], "asked": True})
    assert len(seen["best"]) == 5 and "score" in pages.parts_table(page, {"films": seen["films"]}, seen["best"][0]).lower()


def test_a_foreign_scorer_serves_the_command(tmp_path, monkeypatch, capsys):
    (tmp_path / "scorer_of_mine.py").write_text("class Longest:\n    def fit(self, films, likes=None): self.minutes = films['runtime'].to_numpy(float)\n"
                                                "    def score(self, query): return self.minutes\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    main(["recommend", "Heat (1995)", "--n", "2", "--scorer", "scorer_of_mine:Longest", "--min-votes", "20"])
    assert "Chosen by Longest" in capsys.readouterr().out


def test_what_is_no_scorer_is_refused(rec):
    with pytest.raises(MovieRecsysError, match="score"): MovieRecommender(rec.films, rec.model, scorer=object())


def test_a_scorer_may_give_a_series(rec):
    mine = MovieRecommender(rec.films, rec.model, scorer=SimpleNamespace(score=lambda query: rec.films["vote_count"]))
    assert mine.explain(ONE, mine.recommend(ONE).index[0])["share"].iloc[0] > 0


def test_a_score_of_another_length_is_a_sentence(rec):
    with pytest.raises(MovieRecsysError): MovieRecommender(rec.films, rec.model, scorer=SimpleNamespace(score=lambda query: np.arange(10.))).recommend(ONE)


def test_a_film_without_a_score_is_not_named(rec):
    score = np.where(np.arange(len(rec.films)) % 7, 1., np.nan)
    found = MovieRecommender(rec.films, rec.model, scorer=SimpleNamespace(score=lambda query: score)).recommend(ONE, items=rec.films.index[:100], probes=13)
    assert found["score"].notna().all()


# Filters

FILTERED = {
    "genres": ("Western", lambda f: f["genres"].map(lambda g: "Western" in g)),
    "exclude_genres": (["Drama", "Crime"], lambda f: f["genres"].map(lambda g: not {"Drama", "Crime"} & set(g))),
    "years": ((1960, 1969), lambda f: f["release_year"].between(1960, 1969)),
    "languages": (["fr", "it"], lambda f: f["original_language"].isin(["fr", "it"])),
    "countries": ("Japan", lambda f: f["countries"].map(lambda c: "Japan" in c)),
    "runtime": ((None, 85), lambda f: f["runtime"] <= 85),
    "min_votes": (150, lambda f: f["vote_count"] >= 150),
    "min_rating": (8.5, lambda f: f["vote_average"] >= 8.5),
    "people": ("robert de niro", lambda f: (f["directors"] + f["writers"] + f["cast"]).map(lambda p: "Robert De Niro" in p))}


def test_every_filter_is_tried(): assert set(FILTERED) | {"items"} == set(FILTERS)


@pytest.mark.parametrize("name", FILTERED)
def test_a_filter_keeps_to_what_it_says(rec, name):
    value, holds = FILTERED[name]
    for seeds in (ONE, None):
        found = rec.recommend(seeds, n=10, **{name: value})
        assert len(found) == 10 and holds(rec.films.loc[found.index]).all()
    assert not holds(rec.films.loc[rec.recommend(ONE, n=30).index]).all()  # it had something to do


def test_items_by_ids_and_by_a_mask(rec, thousand):
    ids = thousand[500:520]
    by_ids, by_mask = (rec.recommend(ONE, n=10, items=items) for items in (list(ids), rec.films.index.isin(ids)))
    assert set(by_ids.index) <= set(ids) and by_ids.index.tolist() == by_mask.index.tolist()
    few = rec.recommend(ONE, n=10, items=list(ids[:3]))
    assert len(few) == 3 and few.attrs["reason"].startswith("Only 3 films left")


def test_a_mask_in_another_order_is_read_by_film_id(rec):
    found = rec.recommend(ONE, n=10, items=(rec.films["runtime"] < 85).sample(frac=1, random_state=0))
    assert rec.films.loc[found.index, "runtime"].max() < 85


def test_no_film_is_left_and_it_is_said_why(rec):
    found = rec.recommend(ONE, genres="Western", years=(2014, None), min_rating=9.9)
    assert found.empty and all(word in found.attrs["reason"] for word in ("genres='Western'", "years=(2014, None)", "min_rating=9.9"))


@pytest.mark.parametrize("asked, says", [
    ({"colour": "red"}, "no filter colour.*genres"), ({"years": (1990, 1995, 1999)}, "lowest and a highest"), ({"years": ("1990", None)}, "numbers"),
    ({"items": [True, False]}, "17,[0-9]{3} films, not 2"), ({"adventure": 2}, "adventure"), ({"n": 0}, "n is a whole number"), ({"strategy": "best"}, "strategy"),
    ({"probes": 0}, "probes"), ({"diversity": -1}, "diversity")])
def test_a_wrong_question_is_a_sentence(rec, asked, says):
    with pytest.raises(SelectionError, match=says) as refused: rec.recommend(ONE, **asked)
    assert 20 < len(str(refused.value)) < 300


def test_a_filter_needs_its_column(rec):
    bare = MovieRecommender(rec.films.drop(columns=["countries", "directors", "writers", "cast"]), rec.model)
    for name, value in (("countries", "Japan"), ("people", "Al Pacino")):
        with pytest.raises(SelectionError, match=f"no column.*{name}"): bare.recommend(ONE, **{name: value})


# Reasons

EMPTY = re.compile(r"\(\s*\)|“\s*”|[:,;]\s*([,;.]|$)|\b(also in|also with|also made by|and|in the)\s*([,;]|$)|\bnan\b|\bNone\b|  ")
SPECIFIC = re.compile("|".join(re.escape(say(["…"] * n).split("…")[0]) for n, say in [(1, say) for block, say in SAYING.items() if block not in ("likes", "title")])
                      + "|shared themes|in both titles|people like both")


def lists_of_reasons(rec, films, sets=200):
    "The sentences for random sets of one to five films, and the labels of the films named, list by list"
    dice = np.random.default_rng(0)
    for i in range(sets):
        found = rec.recommend([int(film) for film in dice.choice(films, 1 + i % 5, replace=False)])
        yield found["because"].tolist(), list(found.attrs["seeds"].values())


@pytest.fixture(scope="session", params=["bundled", "kaggle"])
def reasons(request, rec, thousand):
    "Lists of reasons on the bundled films, and on the Kaggle films where they are"
    if request.param == "bundled": return list(lists_of_reasons(rec, thousand))
    kaggle = request.getfixturevalue("kaggle")
    return list(lists_of_reasons(kaggle, kaggle.films["vote_count"].nlargest(1000).index))


def test_no_reason_is_empty_and_every_film_named_has_one(reasons):
    for because, seeds in reasons:
        assert not [sentence for sentence in because if EMPTY.search(sentence)]
        assert not [seed for seed in seeds if seed not in " ".join(because)]


def test_no_fragment_of_a_phrase_is_a_theme(reasons):
    "The Kaggle films have their keywords run together as words; the bundled ones have none"
    said = [words.split(", ") for because, _ in reasons for sentence in because for words in re.findall(r"shared themes? \((.*?)\)", sentence)]
    assert not {"south", "man", "cast", "sense", "loss"} & {theme for themes in said for theme in themes}


def test_nineteen_reasons_in_twenty_name_something_specific(reasons):
    "A person, a series, a theme, a language, a company, a word of the plot, or a pair of genres near in years: what has none of these says so"
    sentences = [sentence for because, _ in reasons for sentence in because]
    assert np.mean([": no person or theme in common" not in sentence for sentence in sentences]) >= .95


def test_four_reasons_in_five_name_more_than_genres_and_years(reasons):
    sentences = [sentence for because, _ in reasons for sentence in because]
    assert np.mean([bool(SPECIFIC.search(sentence)) for sentence in sentences]) > .8


def test_films_of_one_year_are_said_to_be_of_one_decade(rec):
    because = rec.recommend("Heat (1995)", years=1995, n=10, runtime=(None, 100))["because"]
    assert because.str.contains("of the 1990s").sum() >= 8  # what shares an actor and no genre names no decade


def test_the_article_fits_the_genre(reasons):
    assert not [sentence for because, _ in reasons for sentence in because if re.search(r"\ba [aeiou]", sentence)]


# The dial

def test_the_dial_goes_from_what_everybody_knows_to_hidden_gems(rec, thousand):
    seeds = np.random.default_rng(1).choice(thousand, 30, replace=False)
    votes = [np.mean([rec.films.loc[rec.recommend(int(seed), adventure=adventure, reasons=False).index, "vote_count"].mean() for seed in seeds])
             for adventure in (0, .25, .5, .75, 1)]
    assert all(np.diff(votes) < 0), votes


def test_a_hidden_gem_is_no_sequel_repeats_nobody_and_is_good(rec, thousand):
    for seed in np.random.default_rng(2).choice(thousand, 30, replace=False):
        found = rec.films.loc[rec.recommend(int(seed), n=5, adventure=1, reasons=False).index]
        assert not sequels(found, rec.films.loc[[seed]]).any() and found["vote_average"].min() >= rec.films["vote_average"].mean()
        assert not found["directors"].explode().dropna().duplicated().any()


# Tables that lack something

BARE = ["title", "release_year", "genres"]


@pytest.fixture(scope="session")
def small():
    "The two thousand most voted films as they are loaded"
    return load_movies().nlargest(2000, "vote_count")


@pytest.mark.parametrize("gone", ["genres", "release_year", "vote_count", "vote_average", "original_language", "runtime", "directors", "writers", "cast",
                                  "all but " + " ".join(BARE)])
def test_a_table_without_a_column_still_recommends(small, gone):
    table = small[["film_id", *BARE]] if gone.startswith("all") else small.drop(columns=[gone] + ["release_date"] * (gone == "release_year"))
    rec = MovieRecommender.from_movies(table, n_clusters=5, n_init=1)
    assert gone not in rec.films and repr(rec).startswith("MovieRecommender(")
    for seeds in (ONE[0][:4], [rec.resolve(title)[0] for title in ("Heat", "Alien", "Toy Story")], None):
        for adventure in (.5, 1):
            found = rec.recommend(seeds, adventure=adventure)
            assert len(found) == 5 and all(found["because"]) and np.allclose(found["score"], rec.score(seeds, adventure)[found.index], atol=1e-4)
            if seeds: assert np.isclose(rec.explain(seeds, found.index[0], adventure)["share"].sum(), found["score"].iloc[0], atol=1e-3)


def test_films_that_share_nothing_are_still_listed():
    table = pd.DataFrame({"title": ["Amber", "Basalt", "Cobalt", "Delta"], "genres": [["Drama"], ["Comedy"], ["War"], ["Western"]]})
    assert len(MovieRecommender.from_movies(table, n_clusters=2, n_init=1).recommend("Amber", n=3)) == 3


def test_a_model_comes_back_with_its_likes(small, tmp_path):
    "Two camps who like thirty films each: what either likes is a part of the score, before and after"
    bare, known = MovieRecommender.from_movies(small, n_clusters=5, n_init=1), small["film_id"].tolist()
    ratings = pd.DataFrame([(user, film, 5.) for user in range(40) for film in known[user % 2 * 30:][:20]], columns=["userId", "film_id", "rating"])
    kept = MovieRecommender(bare.films, bare.model, ratings=ratings)
    again = MovieRecommender.load(kept.save(tmp_path / "model"))
    for seeds in (known[0], known[:3]): pd.testing.assert_frame_equal(kept.recommend(seeds), again.recommend(seeds))
    assert "likes" in set(again.explain(*known[:2])["block"]) and "likes" not in set(bare.explain(*known[:2])["block"])


# What titles and keywords say

def films_of(rows, **columns):
    "A recommender over rows of title, year, genres, rating"
    table = pd.DataFrame(rows, columns=["title", "release_year", "genres", "vote_average"]).assign(film_id=range(1, len(rows) + 1), vote_count=50, **columns)
    return MovieRecommender.from_movies(table, n_clusters=2, n_init=1)


def test_an_article_is_no_title_in_common():
    spanish = ["El muelle", "El invierno", "La barca", "La orilla del río", "El camino de la sal", "La hija de la lluvia", "Los relojes", "El reloj"]
    rec = films_of([(title, 1980 + i % 4, ["Drama", "Comedy"][i % 2:], 6 + i / 10) for i, title in enumerate(spanish)])
    for film in rec.films.index:
        assert not rec.recommend(int(film), n=7)["because"].str.contains("titles").any()


def test_keywords_that_stand_apart_are_said_whole():
    themes = [["great white shark", "beach"], ["great white shark", "boat"], ["world war ii", "pilot"], ["world war ii", "nurse"], ["shark tank", "war"], ["beach", "nurse"]]
    rec = films_of([(f"{name} film", 1990, ["Drama"], 7) for name in ("Amber", "Basalt", "Cobalt", "Delta", "Ember", "Flint")], keywords=themes)
    because = rec.recommend("Amber film", n=5)["because"]
    assert "shared theme (great white shark)" in because[2] and "shared theme (beach)" in because[6]
    assert "shared theme (world war ii)" in rec.recommend("Cobalt film", n=5)["because"][4]


def test_a_kept_model_opens_what_people_like_together_at_once(rec, tmp_path, monkeypatch):
    films = rec.films.index[:60]
    ratings = pd.DataFrame([(user, film, 4.5) for user in range(120) for film in films[user % 7::7]], columns=["userId", "film_id", "rating"])
    liked = MovieRecommender(rec.films, rec.model, ratings=ratings)
    before = liked.recommend(int(films[0]))
    liked.save(tmp_path / "model")
    monkeypatch.setattr(LikeLift, "fit", lambda *_: pytest.fail("counted again"))
    after = MovieRecommender.load(tmp_path / "model").recommend(int(films[0]))
    pd.testing.assert_frame_equal(after, before)


@pytest.mark.parametrize("neighbours", [3, 10_000])
def test_beside_each_film_those_of_highest_lift_are_kept(neighbours):
    likes = sp.csr_matrix((np.random.default_rng(0).random((300, 80)) < .2).astype(np.float32))
    every, some = LikeLift(neighbours=10_000).fit(likes), LikeLift(neighbours=neighbours).fit(likes)
    both = (likes.T @ likes).toarray()
    expected = np.outer(every.count_, every.count_) / 300
    np.testing.assert_allclose(every.lift(np.arange(80)), np.maximum(np.log((both + 5) / (expected + 5)), 0), atol=1e-5)
    for row, (mine, whole) in enumerate(zip(some.lift(np.arange(80)), every.lift(np.arange(80)))):
        kept = np.flatnonzero(mine)
        assert len(kept) >= min(neighbours, (whole > 0).sum()), row  # more where lifts are alike
        np.testing.assert_allclose(np.sort(whole[kept]), np.sort(whole)[-len(kept):], atol=1e-6)
