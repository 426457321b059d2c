"""Many lists at once: `python benchmarks/many.py [MODEL] [--queries 2000] [--jobs 2] [--all]`.

MODEL is a folder that `movie-recsys fit --out` wrote, or anything that `load_movies` reads. `recommend` alone and
`recommend_many` take turns on the same films, so that a slow moment of the machine hits both. With --all the ten
nearest of every film are made, with memory on the way.
"""
import argparse
import json
import time
from pathlib import Path

import numpy as np
from memory import peak
from threadpoolctl import threadpool_limits

from movie_recsys.recommend import MovieRecommender, lean, list_blocks


def turns(rec: MovieRecommender, queries: int, seeds: int, rounds: int = 5) -> dict:
    "Milliseconds of processor time per list, alone and together, by turns"
    dice, times = np.random.default_rng(0), {"alone": [], "together": []}
    for _ in range(rounds):
        asked = [dice.choice(rec.films.index, seeds, replace=False).tolist() for _ in range(queries // rounds)]
        start = time.process_time()
        rec.recommend_many(asked)
        times["together"].append((time.process_time() - start) / len(asked) * 1000)
        few = asked[:100]
        start = time.process_time()
        for films in few: rec.recommend(films, n=10, reasons=False)
        times["alone"].append((time.process_time() - start) / len(few) * 1000)
    ratio = np.array(times["alone"]) / times["together"]
    return {"films": len(rec.films), "seeds": seeds, **{name: float(np.median(t)) for name, t in times.items()}, "ratio": np.quantile(ratio, [.25, .5, .75]).round(2).tolist()}


def everything(rec: MovieRecommender, jobs: int) -> dict:
    "Seconds of the ten nearest of every film, and the peak of memory on the way, at each tenth"
    start, lists, peaks = time.perf_counter(), 0, []
    for block in list_blocks(rec, ([film_id] for film_id in rec.films.index.tolist()), 10, jobs):
        lists += block["query"].nunique()
        peaks.append(round(peak()))
    return {"lists": lists, "jobs": jobs, "seconds": round(time.perf_counter() - start, 1), "peak_mb": [peaks[int(k * (len(peaks) - 1) / 4)] for k in range(5)]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", default="bundled")
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true")
    args = parser.parse_args()
    rec = (MovieRecommender.load if (Path(args.model) / "card.json").is_file() else MovieRecommender.from_movies)(args.model)
    lean(rec)
    threadpool_limits(1)  # as each of joblib's workers has it; with more, BLAS spends two cores on one list
    found = {"turns": [turns(rec, args.queries, seeds) for seeds in (1, 3)]}
    if args.all: found["all"] = everything(rec, args.jobs)
    print(json.dumps(found))
