"""Two recommenders' lists in random order, so that a judge cannot tell which is whose.

    python benchmarks/film_lover/blind.py lists FILE      # the lists of the installed library on the Kaggle films
    python benchmarks/film_lover/blind.py mix OLD NEW     # both, in random order, to blind.json

`lists` was run in a checkout of d3c85f0 and in this one. A judge sees blind.json alone and writes verdicts.json; the page on
quality takes the blinds off with `unblind`.
"""
import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEED = 20261126  # of the order of the two lists


def queries() -> list[list[str]]:
    "Forty films and thirty sets, none of them in the tables that were looked at before"
    seeds = json.loads((HERE / "seeds.json").read_text())
    return [[film] for film in seeds["films"]] + seeds["sets"]


def lists(path: str) -> None:
    "Write five films for every query"
    from movie_recsys import MovieRecommender
    from movie_recsys.data import dev_data
    rec = MovieRecommender.from_movies(dev_data())
    Path(path).write_text(json.dumps([rec.labels[rec.recommend(seeds).index].tolist() for seeds in queries()]))


def new_first(n: int) -> np.ndarray:
    "For which queries the new list is A"
    return np.random.default_rng(SEED).random(n) < .5


def mix(old: str, new: str) -> None:
    "Write the two lists of every query in random order"
    old_lists, new_lists = (json.loads(Path(p).read_text()) for p in (old, new))
    rows = [{"query": k, "named": seeds, "A": b if first else a, "B": a if first else b}
            for k, (seeds, a, b, first) in enumerate(zip(queries(), old_lists, new_lists, new_first(len(old_lists))))]
    (HERE / "blind.json").write_text("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n", encoding="utf-8")


def unblind(verdicts: list[dict]) -> list[dict]:
    "Verdicts about A and B as verdicts about the old list and the new one"
    first = new_first(len(verdicts))
    return [{"query": v["query"], "better": "even" if v["better"] == "even" else "new" if (v["better"] == "A") == first[v["query"]] else "old",
             "new": v["A" if first[v["query"]] else "B"], "old": v["B" if first[v["query"]] else "A"], "why": v["why"]} for v in verdicts]


if __name__ == "__main__": globals()[sys.argv[1]](*sys.argv[2:])
