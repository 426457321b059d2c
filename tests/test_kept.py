"""What a saved model keeps beside films and clusters: the same answers, made anew where it is damaged or of other films."""
import json

import numpy as np
import pandas as pd
import pytest

from movie_recsys import cluster, recommend
from movie_recsys.cluster import pack_texts, unpack_texts
from movie_recsys.recommend import MovieRecommender, load_index
from movie_recsys.similarity import FilmFeatures
from movie_recsys.titles import TitleForms

WORDS = ["harbour", "lamp", "river", "winter", "garden", "letter", "island", "mirror", "engine", "orchard", "violin", "desert"]


@pytest.fixture(scope="module")
def rec():
    "Films with everything that is kept: overviews enough for a space of plots, keywords, people, titles of several kinds"
    dice = np.random.default_rng(0)
    words = [a + b for a in WORDS for b in ["", *(c + d for c in "abcdefg" for d in ("man", "light", "side", "song", "fall"))]]
    table = pd.DataFrame({"title": [f"The {WORDS[k % 12].title()}: Part {k % 7 + 1}" if k % 5 == 0 else f"{words[k % 120].title()} & {WORDS[k % 11].title()}" if k % 7 else f"英雄{k}" for k in range(600)],
                          "original_title": [f"Der {words[k % 90]}" for k in range(600)], "year": [1950 + k % 70 for k in range(600)], "genres": [[["Drama", "Comedy", "Crime", "War"][k % 4]] for k in range(600)],
                          "overview": [" ".join(dice.choice(words, 12)) for _ in range(600)], "keywords": [list(dice.choice(words, 3)) for _ in range(600)], "cast": [[f"Ann {chr(65 + k % 26)}. Actor", f"Bob {chr(65 + k % 19)}. Actor"] for k in range(600)],
                          "vote_average": [5 + k % 4 for k in range(600)], "vote_count": [2000 - k for k in range(600)], "runtime": 90})
    return MovieRecommender.from_movies(table, n_clusters=4)


@pytest.fixture
def saved(rec, tmp_path):
    return rec.save(tmp_path / "model")


def same(one, other):
    "Whether two recommenders answer alike, to the sentence and to the title that is found"
    for asked in ([int(one.films.index[3])], [one.labels.iloc[10], one.labels.iloc[200]], [one.labels.iloc[77]]):
        pd.testing.assert_frame_equal(one.recommend(asked, n=8), other.recommend(asked, n=8), check_exact=False, rtol=1e-4)
    pd.testing.assert_frame_equal(one.explain([int(one.films.index[3])], int(one.films.index[40])), other.explain([int(one.films.index[3])], int(one.films.index[40])), check_exact=False, rtol=1e-3, atol=1e-4)
    for typed in ("lamp", "the harbor", "英雄", "Der winteralight", "river: part 3", "island"):
        assert one.find(typed)["title"].tolist() == other.find(typed)["title"].tolist()
    pd.testing.assert_series_equal(one.labels, other.labels)


def test_a_kept_model_answers_alike_and_makes_nothing_anew(rec, saved, monkeypatch):
    monkeypatch.setattr(FilmFeatures, "fit", lambda *_: pytest.fail("the content was made anew"))
    again = MovieRecommender.load(saved)
    monkeypatch.setattr(TitleForms, "__init__", lambda *_: pytest.fail("the titles were made anew"))
    same(rec, again)
    assert rec.scorer.features_.space_ is not None and again.wish("a film about a violinasong")["title"].tolist() == rec.wish("a film about a violinasong")["title"].tolist()
    assert not again.scorer.features_.plots_.flags.writeable  # mapped into memory, and shared


def test_a_film_outside_the_table_is_compared_alike(rec, saved):
    again, film = MovieRecommender.load(saved), rec._bare.iloc[[5]].rename(index={rec.films.index[5]: 99_999})
    from movie_recsys.similarity import make_query
    one, other = (r.scorer.score(make_query(r._bare, film)) for r in (rec, again))
    assert np.allclose(one, other, atol=1e-3)


@pytest.mark.parametrize("damage", ["bytes", "gone", "card", "version", "films"])
def test_what_is_damaged_or_of_others_is_made_anew(rec, saved, damage, monkeypatch):
    index = saved / "index"
    content = next(index.glob("content plots-*.npy"))
    if damage == "bytes": content.write_bytes(content.read_bytes()[:-64] + b"\1" * 64)
    if damage == "gone": content.unlink()
    if damage == "card": (index / "card.json").write_text("{")
    if damage == "version": monkeypatch.setattr(recommend, "__version__", "9.9")
    if damage == "films": (index / "card.json").write_text(json.dumps(json.loads((index / "card.json").read_text()) | {"of": "0" * 64}))
    assert load_index(saved, len(rec.films)) == {}
    same(rec, MovieRecommender.load(saved))


def test_a_scorer_of_ones_own_keeps_no_index(rec, tmp_path):
    class Mine:
        def score(self, query): return np.arange(len(rec.films), dtype=float)
    rec.save(tmp_path / "model")
    MovieRecommender(rec.films, rec.model, scorer=Mine()).save(tmp_path / "model")
    assert not (tmp_path / "model" / "index").exists()


def test_who_names_films_by_labels_waits_for_no_search_index(rec, monkeypatch):
    fresh = MovieRecommender(rec.films, rec.model)
    monkeypatch.setattr(recommend, "TitleIndex", lambda *_: pytest.fail("the search index was made"))
    assert len(fresh.recommend([rec.labels.iloc[3]])) == 5


def test_texts_in_an_array():
    for texts in (["", "Ünï", "a\nb"], []): assert unpack_texts(pack_texts(texts)) == texts


def test_no_pickle_is_opened(rec, saved):
    "A file of Python objects under an array's name, hash and all, is not loaded: the index is made anew"
    index = saved / "index"
    card = json.loads((index / "card.json").read_text())
    name = next(iter(card["files"]))
    path = index / card["files"][name]["file"]
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)
    card["files"][name]["sha256"] = cluster.file_hash(path)
    (index / "card.json").write_text(json.dumps(card))
    assert load_index(saved, len(rec.films)) == {}
