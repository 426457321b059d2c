"""One recommendation beside the library as it was at an earlier commit: `python benchmarks/earlier.py [COMMIT]`.

Both answer the same questions over the same films, by turns, each in a process of its own: three films given by
their ids, by their labels, and by ids with five million invented ratings of other people. Milliseconds are processor
time, the medians of the turns; a ratio is the median of the paired ones.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
COMMIT = "d3c85f0"  # before likes kept neighbours, and before an exact title was a look-up
QUESTIONS = 150


def answer(ratings: Path) -> None:
    "Milliseconds of each kind of question, for the library that is found first"
    from movie_recsys.data import dev_data, film_label, load_movies
    from movie_recsys.recommend import MovieRecommender
    rec = MovieRecommender.from_movies(dev_data() or "bundled")
    known = rec.films["vote_count"].nlargest(2000).index.to_numpy()
    dice, label = np.random.default_rng(0), film_label(rec.films)
    asked = [dice.choice(known, 3, replace=False).tolist() for _ in range(QUESTIONS)]
    table = pd.read_parquet(ratings)
    by_votes = rec.films["vote_count"].sort_values(ascending=False).index.to_numpy()
    table["film_id"] = by_votes[table["film_id"] % len(by_votes)]
    liked = MovieRecommender(rec.films, rec.model, ratings=table)

    def milliseconds(of, questions):
        of.recommend(questions[0])
        times = []
        for films in questions:
            start = time.process_time()
            of.recommend(films)
            times.append(time.process_time() - start)
        return 1000 * float(np.median(times))
    start = time.process_time()
    liked.recommend(asked[0])
    first = time.process_time() - start
    print(json.dumps({"films": len(rec.films), "three ids": milliseconds(rec, asked), "three labels": milliseconds(rec, [[label[i] for i in films] for films in asked]),
                      "three ids, with likes": milliseconds(liked, asked), "first answer with likes": 1000 * first}))


def compare(commit: str = COMMIT, turns: int = 7, n: int = 5_000_000) -> list[dict]:
    "A row for each kind of question: what it takes now and then"
    from likes import invented
    found = {"now": [], "then": []}
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(["git", "-C", str(HERE.parent), "archive", commit, "movie_recsys"], capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
        ratings = Path(folder) / "ratings.parquet"
        invented(n, 40_000, 20_000).astype({"userId": int, "film_id": int, "rating": float}).to_parquet(ratings)
        for _ in range(turns):
            for name, path in (("now", HERE.parent), ("then", folder)):
                done = subprocess.run([sys.executable, __file__, "--answer", ratings], capture_output=True, text=True, cwd=folder,
                                      env={**os.environ, "PYTHONPATH": f"{path}{os.pathsep}{HERE}", "MOVIE_RECSYS_CACHE": f"{folder}/{name}"})
                if done.returncode: raise RuntimeError(done.stderr[-2000:])
                found[name].append(json.loads(done.stdout.splitlines()[-1]))
    rows = []
    for what in [key for key in found["now"][0] if key != "films"]:
        ratio = np.quantile([then[what] / now[what] for now, then in zip(found["now"], found["then"])], [0, .5, 1])
        rows.append({"what": what, "films": found["now"][0]["films"], "now ms": float(np.median([f[what] for f in found["now"]])),
                     "then ms": float(np.median([f[what] for f in found["then"]])), "times as fast": [round(r, 2) for r in ratio.tolist()]})
    return rows


if __name__ == "__main__":
    if sys.argv[1:2] == ["--answer"]: answer(Path(sys.argv[2]))
    else:
        for line in compare(*sys.argv[1:2]): print(line)
