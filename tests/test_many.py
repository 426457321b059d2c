"""Many lists at once are the lists of `recommend`: whatever is asked, in blocks, in other processes and on a cluster."""
from itertools import cycle

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from movie_recsys.cli import main
from movie_recsys.data import SelectionError, TitleNotFoundError
from movie_recsys.recommend import list_blocks
from movie_recsys.taste import Taste

ASKED = [{}, {"adventure": 1}, {"adventure": 0, "genres": "Comedy", "years": (1970, 2000)}, {"probes": 1, "diversity": 1, "min_votes": 5},
         {"strategy": "random", "random_state": 3}]


def some_queries(rec, n: int) -> list[list[int]]:
    "One to five films each, known and unknown ones"
    dice, known = np.random.default_rng(1), rec.films["vote_count"].nlargest(3000).index
    return [dice.choice(rec.films.index if k % 2 else known, 1 if k % 4 < 2 else dice.integers(2, 6), replace=False).tolist() for k in range(n)]


def compare(rec, queries, many, **asked):
    "Each list of the table is the list that `recommend` gives: films, order, scores"
    assert list(many) == ["query", "rank", "film_id", "score"] and many["query"].is_monotonic_increasing
    for q, seeds in enumerate(queries):
        alone, mine = rec.recommend(seeds, n=10, reasons=False, **asked), many[many["query"] == q]
        assert mine["film_id"].tolist() == alone.index.tolist() and mine["rank"].tolist() == list(range(1, len(alone) + 1))
        assert np.allclose(mine["score"], alone["score"], atol=1e-4, equal_nan=True)


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_many_lists_are_those_of_recommend(rec, asked):
    queries = some_queries(rec, 60 if asked else 200)
    compare(rec, queries, rec.recommend_many(queries, n=10, **asked), **asked)


@pytest.mark.slow
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_many_lists_are_those_of_recommend_on_kaggle(kaggle, asked):
    queries = some_queries(kaggle, 60 if asked else 200)
    compare(kaggle, queries, kaggle.recommend_many(queries, n=10, **asked), **asked)


def test_films_seen_and_not_wanted_count_for_every_list(rec):
    known = rec.films["vote_count"].nlargest(60).index.tolist()
    asked = {"seen": known[:50], "disliked": known[50:52]}
    queries = some_queries(rec, 40)
    compare(rec, queries, rec.recommend_many(queries, n=10, **asked), **asked)


def test_titles_tastes_and_nothing_at_all_may_be_asked(rec):
    known = rec.films["vote_count"].nlargest(300).index
    taste = Taste(liked=pd.Series(1.0, known[::20]), disliked=pd.Series(1.0, known[1:3]), seen=pd.Series(1.0, known[:100]))
    queries = [["Heat (1995)", "Annie Hall"], taste, [int(known[0])], None, "Casino"]
    compare(rec, queries, rec.recommend_many(queries, n=10))


def test_another_process_makes_the_same_lists(rec):
    queries = some_queries(rec, 1200)
    pd.testing.assert_frame_equal(rec.recommend_many(queries, n=5, n_jobs=2), rec.recommend_many(queries, n=5))


def test_queries_are_read_as_they_are_needed(rec):
    "An endless stream of queries has a first block of lists"
    first = next(list_blocks(rec, cycle(some_queries(rec, 3)), n=2))
    assert first["query"].iloc[-1] > 100 and first["query"].nunique() * 2 == len(first)


def test_a_cluster_of_dask_makes_the_same_lists(rec):
    distributed = pytest.importorskip("distributed", reason="Dask is not installed: pip install movie_recsys[scale]")
    from joblib import parallel_config
    queries = some_queries(rec, 1200)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, distributed.Client(cluster):
        with parallel_config(backend="dask"): spread = rec.recommend_many(queries, n=5)
    pd.testing.assert_frame_equal(spread, rec.recommend_many(queries, n=5))


def test_what_cannot_be_asked_is_said(rec):
    with pytest.raises(TitleNotFoundError): rec.recommend_many([["Heat (1995)"], ["qwertyuiop asdf"]])
    with pytest.raises(SelectionError, match="5 or fewer"): rec.recommend_many([rec.films.index[:6].tolist()])
    with pytest.raises(SelectionError, match="no filter"): rec.recommend_many([["Heat (1995)"]], colour="red")
    assert rec.recommend_many([]).empty


def test_the_command_writes_what_recommend_gives(rec, tmp_path, capsys):
    rec.save(tmp_path / "model")
    main(["similar", "--movies", str(tmp_path / "model"), "--n", "3", "--out", str(tmp_path / "near.parquet"), "Heat (1995)", "Casino"])
    near = pq.read_table(tmp_path / "near.parquet").to_pandas()
    assert list(near) == ["film_id", "rank", "similar_id", "score"] and "6 neighbours of 2 films" in capsys.readouterr().out
    for film_id, found in near.groupby("film_id"): assert found["similar_id"].tolist() == rec.recommend(int(film_id), n=3).index.tolist()
