"""What many ratings cost: reading them, who likes what, and the neighbours that are kept: `python benchmarks/likes.py [RATINGS]`.

The ratings are invented, with the popularity of films and the activity of people of MovieLens in shape, and are read
from a CSV as MovieLens writes it. Seconds of one process, and its peak of memory.
"""
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from memory import peak


def invented(n: int, users: int, films: int, seed: int = 0) -> pd.DataFrame:
    "Ratings as MovieLens has them: few films have most of them, and few people give most of them"
    draw = np.random.default_rng(seed)
    person = np.minimum((users * draw.random(n) ** 2.2).astype(np.int32), users - 1)
    film = np.minimum((films * draw.random(n) ** 4).astype(np.int32), films - 1)
    pairs = np.unique(person.astype(np.int64) * films + film)
    return pd.DataFrame({"userId": (pairs // films).astype(np.int32), "film_id": (pairs % films).astype(np.int32),
                         "rating": draw.choice([2, 3, 3.5, 4, 4.5, 5], len(pairs), p=[.1, .2, .15, .3, .1, .15]).astype(np.float32)})


def write_invented(path: Path, n: int, films: int = 40_000) -> int:
    "Write them as MovieLens does; how many there are"
    ratings = invented(n, n // 125, films).rename(columns={"film_id": "movieId"})
    ratings["timestamp"] = np.random.default_rng(1).integers(10**9, 16 * 10**8, len(ratings))
    ratings.to_csv(path, index=False)
    return len(ratings)


def stage(path: Path, films: int = 40_000) -> dict:
    "Seconds and memory from the file to the neighbours"
    from movie_recsys.data import load_ratings
    from movie_recsys.similarity import LikeLift, like_matrix
    table = pd.DataFrame({"movielens_id": np.arange(films), "title": "film"}, index=pd.Index(np.arange(films), name="film_id"))
    begun, start = peak(), time.perf_counter()
    ratings = load_ratings(path, table)
    read = time.perf_counter()
    likes = like_matrix(ratings, table)
    who = time.perf_counter()
    lift = LikeLift().fit(likes)
    return {"ratings": len(ratings), "likes": likes.nnz, "neighbours": lift.together_.nnz, "read": read - start, "who likes what": who - read,
            "neighbours, seconds": time.perf_counter() - who, "before_mb": begun, "peak_mb": peak()}


def alone(path: Path) -> dict:
    "pandas.read_csv and nothing else"
    start = time.perf_counter()
    pd.read_csv(path)
    return {"read": time.perf_counter() - start, "peak_mb": peak()}


def measure(n: int) -> dict:
    "Both in processes of their own"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ratings.csv"
        run = lambda what, *more: json.loads(subprocess.run([sys.executable, __file__, what, path, *more], capture_output=True, text=True, check=True).stdout.splitlines()[-1])  # noqa: E731
        run("--write", str(n))  # in a process of its own, for a child counts its parent's memory as its own
        return {"ours": run("--stage"), "pandas.read_csv": run("--alone")}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]: print(write_invented(Path(sys.argv[2]), int(sys.argv[3])))
    elif sys.argv[1:2] in (["--stage"], ["--alone"]): print(json.dumps({"--stage": stage, "--alone": alone}[sys.argv[1]](Path(sys.argv[2]))))
    else: print(json.dumps(measure(int(sys.argv[1]) if sys.argv[1:] else 20_000_000), indent=1))
