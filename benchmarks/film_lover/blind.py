"""Two recommenders' lists in random order, so that a judge cannot tell which is whose.

    python benchmarks/film_lover/blind.py lists ROUND FILE    # the installed library's lists on the Kaggle films
    python benchmarks/film_lover/blind.py mix ROUND OLD NEW   # both, in random order, to round_ROUND/blind.json
    python benchmarks/film_lover/blind.py grade               # the installed library's lists against graded.json

`lists` was run in a checkout of d3c85f0, whose lists are called old, and in this one. A judge saw blind.json alone and wrote verdicts_1.json or
verdicts_2.json, after blind.json was committed. The page on quality takes the blinds off with `unblind`.

graded.json has grades, 0 (a stray) to 3 (at once), that four judges gave to the films of some twenty settings' lists for the queries of rounds 4 and 5, without
knowing which setting named which. It serves to compare settings before a round; a film that nobody graded yet is counted and left out.
"""
import json
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SEEDS = {1: 20261126, 2: 20261127, 3: 20261128, 4: 20261129, 5: 20261130, 6: 20261201, 7: 20261202}  # of the order of the two lists


def queries(round: int) -> list[list[str]]:
    "Forty films and thirty sets, none of them in the tables that were looked at before"
    seeds = json.loads((HERE / f"round_{round}" / "seeds.json").read_text(encoding="utf-8"))
    return [[film] for film in seeds["films"]] + seeds["sets"]


def lists(round: str, path: str) -> None:
    "Write five films for every query"
    from movie_recsys import MovieRecommender
    from movie_recsys.data import dev_data
    rec = MovieRecommender.from_movies(dev_data())
    Path(path).write_text(json.dumps([rec.labels[rec.recommend(seeds).index].tolist() for seeds in queries(int(round))]))


def new_first(round: int, n: int) -> np.ndarray:
    "For which queries the new list is A"
    return np.random.default_rng(SEEDS[round]).random(n) < .5


def mix(round: str, old: str, new: str) -> None:
    "Write the two lists of every query in random order"
    old_lists, new_lists = (json.loads(Path(p).read_text()) for p in (old, new))
    rows = [{"query": k, "named": seeds, "A": b if first else a, "B": a if first else b}
            for k, (seeds, a, b, first) in enumerate(zip(queries(int(round)), old_lists, new_lists, new_first(int(round), len(old_lists))))]
    text = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"
    (HERE / f"round_{round}" / "blind.json").write_text(text, encoding="utf-8")


def unblind(round: int, judge: int) -> list[dict]:
    "A judge's verdicts about A and B as verdicts about the old list and the new one, with the two lists"
    folder = HERE / f"round_{round}"
    rows, verdicts = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("blind.json", f"verdicts_{judge}.json"))
    found = []
    for row, verdict, first in zip(rows, verdicts, new_first(round, len(rows))):
        new, old = "AB" if first else "BA"
        found.append({"named": row["named"], "better": {new: "new", old: "old"}.get(verdict["better"], "even"), "signed new": verdict[new],
                      "signed old": verdict[old], "why": verdict["why"], "new": row[new], "old": row[old]})
    return found


def grade() -> None:
    "Print the mean grade of five films, the share of strays among them, and how many were graded, for one film named and for sets"
    from movie_recsys import MovieRecommender
    from movie_recsys.data import dev_data
    rec, found = MovieRecommender.from_movies(dev_data()), {"one film": [], "sets": []}
    for row in json.loads((HERE / "graded.json").read_text(encoding="utf-8")):
        films = rec.labels[rec.recommend(row["named"], reasons=False).index]
        found["one film" if len(row["named"]) == 1 else "sets"] += [row["grades"].get(film, np.nan) for film in films]
    for what, grades in found.items():
        known = np.array(grades)[~np.isnan(grades)]
        print(f"{what}: mean grade {known.mean():.2f}, strays {(known == 0).mean():.1%}, graded {len(known)} of {len(grades)}")


if __name__ == "__main__": globals()[sys.argv[1]](*sys.argv[2:])
