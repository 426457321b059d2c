"""A whole taste, what is not wanted, a series from its beginning, and several people."""
import numpy as np
import pandas as pd
import pytest

import movie_recsys.similarity as similarity
from movie_recsys.data import SelectionError
from movie_recsys.lists import genre_rows
from movie_recsys.recommend import NEAREST, WHOLE, MovieRecommender
from movie_recsys.taste import Taste


@pytest.fixture(scope="module")
def ids(rec):
    "The film_id of a title, the best known film of that name"
    return lambda *titles: rec.resolve(list(titles))


def liking(rec, films, disliked=(), **more):
    "A taste of some films, liked alike and seen"
    one = pd.Series(1.0, list(films))
    return Taste(liked=one, disliked=pd.Series(1.0, list(disliked)), seen=pd.Series(1, [*films, *disliked]), **more)


@pytest.fixture(scope="module")
def large(rec):
    "A hundred and twenty thrillers liked, thirty westerns not"
    of = lambda genre: rec.films[rec.films["genres"].map(lambda genres: genre in genres)].nlargest(150, "vote_count").index  # noqa: E731
    western = of("Western")[:30]
    return liking(rec, of("Thriller").difference(western)[:120], western)


def test_the_list_is_the_score_is_the_explanation(rec, large):
    found = rec.recommend(large, n=10)
    assert found["score"].is_monotonic_decreasing
    assert np.allclose(found["score"], rec.score(large)[found.index], atol=1e-3)
    for film in found.index[:3]: assert np.isclose(rec.explain(large, film)["share"].sum(), found.loc[film, "score"], atol=1e-3)
    assert {"others", "agreement", "disliked"} <= set(rec.explain(large, found.index[0])["block"])


def test_what_was_seen_is_not_named_and_every_sentence_names_a_liked_film(rec, large):
    found = rec.recommend(large, n=20)
    assert not set(found.index) & set(large.seen.index)
    liked = rec.labels[large.liked.index].tolist()
    assert all(any(f"Because you liked {label}" in why for label in liked) for why in found["because"])


def test_a_large_taste_has_few_candidates_and_a_small_one_all(rec, large):
    query, allowed = rec.query(large), np.ones(len(rec.films), bool)
    from movie_recsys.recommend import candidate_films
    assert len(candidate_films(rec, query, allowed, 5)) == NEAREST and len(query.at) > WHOLE
    few = rec.query(liking(rec, large.liked.index[:8]))
    assert len(candidate_films(rec, few, allowed, 5)) > NEAREST


def test_hundreds_of_films_are_scored_in_blocks_to_the_same_values(rec, large, monkeypatch):
    whole = rec.score(large)
    monkeypatch.setattr(similarity, "PAIRS_AT_ONCE", 100_000)
    assert np.allclose(rec.score(large), whole, atol=1e-3)


def test_a_film_that_is_liked_more_or_later_counts_more(rec, ids):
    heat, annie = ids("Heat (1995)", "Annie Hall")
    more = Taste(liked=pd.Series({heat: 1.0, annie: .3}))
    late = Taste(liked=pd.Series({heat: 1.0, annie: 1.0}), when=pd.Series({heat: pd.Timestamp("2024-01-01"), annie: pd.Timestamp("1994-01-01")}))
    even = Taste(liked=pd.Series({heat: 1.0, annie: 1.0}))
    weight = [rec.query(taste).weights[0] for taste in (even, late, more)]
    assert weight[0] < weight[1] and weight[0] < weight[2]


def test_the_genres_of_the_list_are_nearer_to_the_tastes(rec, large, monkeypatch):
    import movie_recsys.recommend as recommend
    from movie_recsys.lists import divergence
    names = sorted({genre for genres in rec.films["genres"] for genre in genres})
    mixed = liking(rec, [*large.liked.index[:40], *rec.films[rec.films["genres"].map(lambda g: "Comedy" in g)].nlargest(20, "vote_count").index])

    def far(strength):
        monkeypatch.setattr(recommend, "CALIBRATION", strength)
        found = rec.recommend(mixed, n=10, reasons=False)
        return divergence(genre_rows(rec.films.loc[mixed.liked.index], names).mean(axis=0), genre_rows(rec.films.loc[found.index], names).mean(axis=0))

    assert far(4.0) < far(0.0)


def test_not_for_me_is_hidden_and_its_like_falls(rec, ids):
    heat, ronin, alien = ids("Heat (1995)", "Ronin", "Aliens")
    plain, pushed = rec.score([heat]), rec.score([heat], disliked=[ronin])
    assert ronin not in rec.recommend([heat], n=50, disliked=[ronin]).index
    kin = rec.score([ronin]).drop([heat, ronin]).nlargest(20).index
    far = rec.score([ronin]).nsmallest(20).index
    fall = plain - pushed
    assert fall[kin].min() > fall[far].max()
    why = rec.explain([heat], alien, disliked=[ronin]).set_index("block")
    assert "Ronin" in why.loc["disliked", "shared"][0] and np.isclose(why["share"].sum(), pushed[alien], atol=1e-3)


def test_tonight_from_the_watchlist(rec, ids):
    waiting = ids("Casino", "Toy Story (1995)", "Annie Hall", "Alien (1979)")
    taste = liking(rec, ids("Heat (1995)", "Collateral"))
    taste = taste + Taste(watchlist=pd.Series(1, waiting))
    tonight = rec.recommend(taste, items=taste.watchlist, runtime=(None, 120), n=1)
    assert len(tonight) == 1 and tonight.index[0] in waiting and rec.films.loc[tonight.index[0], "runtime"] <= 120
    assert tonight["because"].iloc[0].startswith("Because you liked")
    assert rec.recommend(taste, items=taste.watchlist, n=9).index.isin(waiting).all()


def test_a_taste_of_nothing_and_of_films_that_the_table_has_not(rec):
    assert len(rec.recommend(Taste())) == 5
    assert len(rec.recommend(Taste(liked=pd.Series({-5: 1.0})), n=3)) == 3


def small_table():
    "A series of four, and films to fill the table"
    rows = [{"film_id": k, "title": f"Galaxy {k}", "collection": "Galaxy Collection", "release_year": 1980 + 3 * k, "vote_average": 5 + k, "directors": ["Ann Space"]} for k in range(4)]
    rows += [{"film_id": k, "title": f"Other {k}", "collection": None, "release_year": 1980 + k % 20, "vote_average": 6.0, "directors": [f"Director {k % 7}"]} for k in range(10, 60)]
    table = pd.DataFrame(rows).assign(genres=lambda t: [["Science Fiction"] if k < 30 else ["Drama"] for k in t["film_id"]], original_language="en", vote_count=100, popularity=1.0, runtime=100)
    return table


@pytest.fixture(scope="module")
def series(): return MovieRecommender.from_movies(small_table(), n_clusters=3)


def galaxies(found): return [int(title[-1]) for title in found["title"] if title.startswith("Galaxy")]


def test_a_series_that_was_not_begun_is_named_from_its_beginning(series):
    taste = Taste(liked=pd.Series({10: 1.0, 11: 1.0}), seen=pd.Series({10: 1, 11: 1}))
    found = galaxies(series.recommend(taste, n=40))
    assert sorted(found) == list(range(len(found))) and 0 in found


def test_of_a_series_that_was_left_the_next_is_named(series):
    named = galaxies(series.recommend([1], n=3))
    assert 3 not in named or 2 in named
    left = Taste(liked=pd.Series({0: 1.0}), seen=pd.Series({0: 1, 1: 1}))
    found = galaxies(series.recommend(left, n=3))
    assert found and (3 not in found or 2 in found) and not {0, 1} & set(found)
    assert galaxies(series.recommend([0], n=5, years=(1989, None))) == [3]  # those before it are filtered out


def test_the_rows_that_the_score_placed_fall_and_the_others_are_marked(series):
    found = series.recommend([1], n=6)
    assert found["score"].is_monotonic_decreasing and set(found["placed"]) <= {"score", "variety", "coverage"}


def test_both_find_something(rec):
    found = rec.recommend_together({"Ana": ["Heat (1995)"], "Ben": ["Toy Story (1995)"]}, n=6)
    assert found["for"].str.contains("Ana|both").sum() >= 2 and found["for"].str.contains("Ben|both").sum() >= 2
    assert all(why.startswith("For ") and ("Ana picked" in why or "Ben picked" in why) for why in found["because"])
    assert set(found.attrs["seeds"]) == {"Ana", "Ben"} and found["score"].is_monotonic_decreasing


def test_a_taste_and_some_films_make_a_list_without_what_either_has_seen(rec, large):
    found = rec.recommend_together([large, ["Annie Hall", "Manhattan"]], n=8, years=(1960, None))
    assert not set(found.index) & (set(large.seen.index) | set(rec.resolve(["Annie Hall", "Manhattan"])))
    assert found["for"].isin(["for person 1", "for person 2", "for both"]).all() and found["for"].nunique() > 1
    assert found["year"].min() >= 1960


def test_one_person_alone_gets_what_they_would_get(rec):
    assert rec.recommend_together([["Heat (1995)"]]).index.tolist() == rec.recommend("Heat (1995)").index.tolist()


@pytest.mark.parametrize("people", [[], {}, "Heat (1995)", 7, [[]], "six"])
def test_nobody_nothing_and_six_films_are_refused_in_a_sentence(rec, people):
    with pytest.raises(SelectionError) as told: rec.recommend_together([rec.films.index[:6].tolist()] if people == "six" else people)
    assert len(str(told.value)) > 20


def test_hidden_gems_for_two_are_hidden_gems(rec):
    found = rec.recommend_together([["Heat (1995)"], ["Alien (1979)"]], n=6, adventure=1)
    votes, rating = rec.films["vote_count"], rec.films["vote_average"]
    assert (votes[found.index] <= votes.quantile(.95)).all() and (rating[found.index] >= rating.mean()).all()
    assert "Aliens" not in set(found["title"])


def test_films_for_two_wait_for_their_series_and_the_unmarked_are_the_best(series):
    found = series.recommend_together([[10], [11]], n=40)
    assert sorted(galaxies(found)) == list(range(len(galaxies(found))))
    unmarked, marked = (found.loc[found["placed"].eq("score") == best, "score"] for best in (True, False))
    assert not len(marked) or unmarked.min() >= marked.max() - 1e-9
