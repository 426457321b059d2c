"""What twenty million ratings cost: time and memory of who likes what and of the neighbours that are kept.

    python benchmarks/likes.py [RATINGS]    # invented ratings, with the popularity and the activity of MovieLens 25M in shape
"""
import resource
import sys
import time

import numpy as np
import pandas as pd

from movie_recsys.similarity import LikeLift, like_matrix


def invented(n: int, users: int, films: int, seed: int = 0) -> pd.DataFrame:
    "Ratings as MovieLens has them: few films have most of them, and few people give most of them"
    draw = np.random.default_rng(seed)
    person = np.minimum((users * draw.random(n) ** 2.2).astype(np.int32), users - 1)
    film = np.minimum((films * draw.random(n) ** 4).astype(np.int32), films - 1)
    pairs = np.unique(person.astype(np.int64) * films + film)
    return pd.DataFrame({"userId": (pairs // films).astype(np.int32), "film_id": (pairs % films).astype(np.int32),
                         "rating": draw.choice([2, 3, 3.5, 4, 4.5, 5], len(pairs), p=[.1, .2, .15, .3, .1, .15]).astype(np.float32)})


if __name__ == "__main__":
    ratings = invented(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000_000, 160_000, 40_000)
    peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # noqa: E731
    before, start = peak(), time.perf_counter()
    likes = like_matrix(ratings, pd.DataFrame(index=np.arange(40_000)))
    read = time.perf_counter()
    lift = LikeLift().fit(likes)
    print(f"{len(ratings):,} ratings, {likes.nnz:,} likes: {read - start:.0f} s to who likes what, {time.perf_counter() - read:.0f} s to {lift.together_.nnz:,} neighbours; "
          f"peak {peak():.1f} GB, {before:.1f} of it the ratings")
