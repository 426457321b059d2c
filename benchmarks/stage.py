"""One stage of the benchmark in a process of its own: `python benchmarks/stage.py STAGE TABLE.csv`; prints JSON.

A process of its own gives each stage an honest peak of memory and a cold start; inside it, ours and the alternative
take turns, so that a slow moment of the machine hits both.
"""
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from memory import peak

SEEDS = ["Toy Story (1995)", "Heat (1995)", "GoldenEye (1995)"]
TYPED = ["the matrx", "godfathr", "narnia", "heat 1995", "pulp ficton", "toy stroy", "star w", "a", "amelie", "lord of the rings"]


def timed(function, *args):
    "The seconds that a call took, and what it gave"
    start = time.perf_counter()
    result = function(*args)
    return time.perf_counter() - start, result


def processor(function, *args, **more):
    "The seconds of processor time that a call took, over all threads, and what it gave"
    start = time.process_time()
    result = function(*args, **more)
    return time.process_time() - start, result


def turns(repeats: int, **functions) -> dict[str, list[float]]:
    "Seconds of each function, called by turns; the first round warms up and is not counted"
    rounds = [{name: timed(function, i)[0] for name, function in functions.items()} for i in range(repeats + 1)]
    return {name: [r[name] for r in rounds[1:]] for name in functions}


def ours(path):
    "CSV to fitted clusters, our way"
    from movie_recsys.cluster import fit_clusters
    from movie_recsys.data import load_movies
    from movie_recsys.preprocess import clean_movies
    read, films = timed(load_movies, path)
    clean, cleaned = timed(clean_movies, films)
    fit, _ = timed(fit_clusters, cleaned.films)
    return {"read": read, "clean": clean, "fit": fit, "films": len(cleaned.films)}


def report(path):
    "CSV to fitted clusters, the report's way"
    import report_way
    clean, films = timed(report_way.clean, path)
    matrix = report_way.features(films)
    fit, _ = timed(report_way.cluster, matrix)
    return {"read and clean": clean, "fit": fit, "films": len(films)}


def fit(path):
    "Inertia and time against plain scikit-learn with five seeds"
    from sklearn.cluster import KMeans

    from movie_recsys.cluster import fit_clusters
    from movie_recsys.data import load_movies
    from movie_recsys.preprocess import clean_movies
    films = clean_movies(load_movies(path)).films
    seconds, model = timed(lambda: fit_clusters(films, cache=False))
    matrix = np.asarray(model.features(films), dtype=np.float64)
    inertia = float((np.asarray(model.distances(films)).min(axis=1) ** 2).sum())
    plain = [timed(KMeans(n_clusters=13, n_init=10, random_state=seed).fit, matrix) for seed in range(5 if len(films) < 100_000 else 1)]
    return {"ours": [seconds], "plain scikit-learn": [t for t, _ in plain], "method": model.method,
            "inertia": inertia / float(np.mean([m.inertia_ for _, m in plain])) - 1}


def intelex(path):
    "Plain K-means, and the same with scikit-learn-intelex; nothing where that is not installed"
    try: from sklearnex import patch_sklearn
    except ImportError: return {}
    from movie_recsys.cluster import fit_clusters
    from movie_recsys.data import load_movies
    from movie_recsys.preprocess import clean_movies
    films = clean_movies(load_movies(path)).films
    plain = [timed(lambda: fit_clusters(films, cache=False)) for _ in range(3)]
    patch_sklearn()
    patched = [timed(lambda: fit_clusters(films, cache=False)) for _ in range(3)]
    inertia = [model.pipeline["kmeans"].inertia_ for (_, model) in (plain[0], patched[0])]
    return {"plain": [t for t, _ in plain], "patched": [t for t, _ in patched], "inertia": inertia[1] / inertia[0] - 1}


def serve(path):
    "Save, load, find and recommend, each against what a user would do instead"
    from rapidfuzz import fuzz, process
    from sklearn.feature_extraction.text import TfidfVectorizer

    import report_way
    from movie_recsys.recommend import MovieRecommender
    rec = MovieRecommender.from_movies(path)
    films, titles = rec.films, rec.films["title"].tolist()
    seeds = [rec.resolve(seed)[0] for seed in SEEDS]
    with tempfile.TemporaryDirectory() as folder:
        save, _ = timed(rec.save, Path(folder) / "model")
        load, opened = timed(MovieRecommender.load, Path(folder) / "model")
    first, _ = timed(opened.recommend, seeds)
    words = [" ".join([*map(str, row.genres), *map(str, getattr(row, "directors", [])), row.title]) for row in films.itertuples()]
    made, matrix = timed(TfidfVectorizer().fit_transform, words)
    at = films.index.get_indexer(seeds)
    plain = films.assign(cluster=rec.model.labels_)
    dice = np.random.default_rng(0)

    def cosine(i):
        score = np.asarray((matrix @ matrix[at].T).sum(axis=1)).ravel()
        return plain.iloc[np.argsort(-score)[:5]]

    few = len(films) > 200_000
    times = turns(20 if few else 100, recommend=lambda i: rec.recommend(seeds, n=5), tfidf_cosine=cosine,
                  report=lambda i: report_way.recommend(plain, [films.at[s, "title"] for s in seeds], dice))
    found = turns(10 if few else 50, find=lambda i: rec.find(TYPED[i % len(TYPED)]))
    found |= turns(2 if few else 10, rapidfuzz=lambda i: process.extract(TYPED[i % len(TYPED)], titles, scorer=fuzz.WRatio, limit=8))
    return {"save": save, "load": load, "first": first, "TF-IDF": made, "films": len(films), **times, **found}


def similar(path):
    "Three seeds against implicit's similar_items, which needs ratings; nothing where implicit is not installed"
    try:
        import scipy.sparse as sp
        from implicit.nearest_neighbours import CosineRecommender
    except ImportError: return {}
    from movie_recsys.data import dev_data, load_ratings
    from movie_recsys.recommend import MovieRecommender
    if (folder := dev_data("the-movies-dataset")) is None: return {}
    rec = MovieRecommender.from_movies(path)
    ratings = load_ratings(folder, rec.films)
    users, rows = ratings["userId"].astype("category").cat.codes, rec.films.index.get_indexer(ratings["film_id"])
    model = CosineRecommender()
    model.fit(sp.csr_matrix((np.ones(len(ratings), dtype=np.float32), (users, rows))), show_progress=False)
    seeds = [rec.resolve(seed)[0] for seed in SEEDS]
    at = rec.films.index.get_indexer(seeds)
    return turns(100, recommend=lambda i: rec.recommend(seeds, n=5), implicit=lambda i: model.similar_items(at, N=6))


def sweep(path):
    "The choice of k over 1 to 15, and the same number of K-means runs without any measure of them"
    from sklearn.cluster import KMeans

    from movie_recsys.cluster import sweep_k
    from movie_recsys.data import load_movies
    from movie_recsys.preprocess import clean_movies, feature_pipeline
    films = clean_movies(load_movies(path)).films
    features = feature_pipeline(films).fit_transform(films)
    fits = lambda: [KMeans(k, n_init=3, random_state=seed).fit(features) for k in range(1, 16) for seed in range(5)]  # noqa: E731
    return {"sweep": timed(sweep_k, films, range(1, 16))[0], "fits alone": timed(fits)[0]}


def judged(path):
    "Evaluation on MovieLens' users, and the same of a TF-IDF cosine; nothing where their ratings are absent"
    from movie_recsys.data import dev_data, load_ratings
    from movie_recsys.evaluate import Baseline, evaluate, split_users, tfidf_cosine
    from movie_recsys.recommend import MovieRecommender
    if (folder := dev_data("the-movies-dataset")) is None: return {}
    rec = MovieRecommender.from_movies(path)
    ratings = load_ratings(folder, rec.films)
    _, test = split_users(ratings, rec.films)
    cosine = Baseline(tfidf_cosine(rec.films), rec.films)
    measure = lambda judged: timed(lambda: evaluate({"one": judged}, ratings, rec.films, test))[0]  # noqa: E731
    rec.scorer
    return {"evaluate": measure(rec), "cosine": measure(cosine), "users": len(test)}


def leak(path):
    "Memory before and after ten thousand recommendations"
    from movie_recsys.recommend import MovieRecommender
    rec = MovieRecommender.from_movies(path)
    ids, dice = rec.films.index.to_numpy(), np.random.default_rng(0)
    now = lambda: int(next(l for l in open("/proc/self/status") if l.startswith("VmRSS")).split()[1]) / 1024  # noqa: E731

    def ask(times):
        for _ in range(times): rec.recommend(dice.choice(ids, 3, replace=False).tolist())

    ask(2_000)
    before = now()
    ask(10_000)
    return {"before_mb": before, "after_mb": now()}


FINER = 300  # clusters of a table of a million films


def alike(rec, asked, lists):
    "Which share of some lists a recommender gives too"
    return float(np.mean([len(films.intersection(rec.recommend(seeds).index)) / len(films) for seeds, films in zip(asked, lists)]))


def from_csv(path):
    "The recommender of a CSV in TMDB's layout, and processor seconds to the first answer, nothing cached"
    from movie_recsys.cluster import fit_clusters
    from movie_recsys.data import load_movies
    from movie_recsys.preprocess import clean_movies
    from movie_recsys.recommend import MovieRecommender
    read, films = processor(load_movies, path)
    clean, cleaned = processor(clean_movies, films)
    del films
    fit, model = processor(fit_clusters, cleaned.films)
    rec = MovieRecommender(cleaned.films, model)
    seeds = best_known_of(rec.films)
    first, _ = processor(rec.recommend, seeds)
    title, _ = processor(rec.recommend, [rec.labels.loc[seeds[0]]])
    return rec, {"read": read, "clean": clean, "fit": fit, "first answer": first, "first answer by title": title, "films": len(rec.films)}


def source(path):
    "Processor seconds from a CSV in TMDB's layout to the first answer, nothing cached"
    return from_csv(path)[1]


def large(path):
    "The same of a large table, and what an answer takes then"
    from movie_recsys.cluster import fit_clusters
    from movie_recsys.recommend import MovieRecommender
    from threadpoolctl import threadpool_limits
    rec, found = from_csv(path)
    threadpool_limits(1)  # as the app and the service answer
    known, dice = rec.films["vote_count"].nlargest(5000).index.to_numpy(), np.random.default_rng(0)
    asked = [dice.choice(known, 3, replace=False).tolist() for _ in range(20)]
    ways = {"an answer": {}, "an answer that scores all films": {"probes": rec.model.n_clusters}}
    answers = {name: float(np.median([processor(rec.recommend, seeds, **how)[0] for seeds in asked])) for name, how in ways.items()}
    lists = [rec.recommend(seeds, probes=rec.model.n_clusters).index for seeds in asked]
    answers["the same films as with all"] = alike(rec, asked, lists)
    answers["peak_mb"] = peak()
    finer = MovieRecommender(rec.films, fit_clusters(rec.films, FINER, n_init=1))
    finer.scorer = rec.scorer
    finer.recommend(asked[0])
    answers[f"an answer with {FINER} clusters"] = float(np.median([processor(finer.recommend, seeds)[0] for seeds in asked]))
    answers[f"the same films with {FINER} clusters"] = alike(finer, asked, lists)
    return found | answers


def kept(path):
    "Processor seconds in which a saved model opens and gives its first answer: by ids, then by a bare title; saving it goes into a process of its own"
    from movie_recsys.recommend import MovieRecommender
    with tempfile.TemporaryDirectory() as folder:
        code = "import sys; from movie_recsys.recommend import MovieRecommender; MovieRecommender.from_movies(sys.argv[1]).save(sys.argv[2])"
        subprocess.run([sys.executable, "-c", code, path, f"{folder}/model"], check=True)
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        opened, rec = processor(MovieRecommender.load, f"{folder}/model")
        seeds = best_known_of(rec.films)
        first, _ = processor(rec.recommend, seeds)
        title, _ = processor(rec.recommend, [rec.films.at[seeds[0], "title"]])
    return {"open": opened, "first answer": first, "first answer by title": title, "films": len(rec.films), "model_mb": size / 1e6}


def best_known_of(films):
    "The ids of three well-known films"
    return films["vote_count"].nlargest(3).index.tolist()


if __name__ == "__main__":
    stage, path = sys.argv[1:]
    answer = globals()[stage](path)
    print(json.dumps({"peak_mb": peak(), **answer}))
