"""How weights like those in `movie_recsys.similarity` are found: a seeded search on the tuning users, never on the reported ones.

    python benchmarks/fit_weights.py [audience|critics] [--movies DIR] [--items|--likes]

For every trial of a tuning user the terms of the score are computed once with weight 1; a small evolution strategy
then looks for the weights with the best mean of P@5 and P@10 plus pmAUC. It is run on each half of the tuning users and judged on the
other half. The weights in the library come from several searches of this kind (an earlier one with other seeds and mixes of the two measures),
averaged and rounded by hand, then corrected for series, directors and themes; this script does not give them to the digit, but shows
how far they are from what it finds.
"""
import argparse
import json

import numpy as np

from movie_recsys.data import dev_data, load_movies, load_ratings
from movie_recsys.evaluate import judge, make_trials, split_users
from movie_recsys.preprocess import clean_movies
from movie_recsys.similarity import FILM_TERMS, PAIR_TERMS, SEEDS_TERMS, WEIGHTS, WITH_LIKES, FilmScorer, LikeNeighbors, like_matrix, liked_films

TERMS = ("content", *PAIR_TERMS, *SEEDS_TERMS, *FILM_TERMS)


def features(scorer, trials, known, items=True):
    """For each trial: the terms of the films in `known`, who of them is candidate, truth, liked by others, and how often"""
    year, found = scorer.numbers_["year"][known], []
    merits = np.stack([scorer.numbers_[t][known] for t in FILM_TERMS], 1)
    for trial in trials:
        terms = scorer.terms(scorer.films_.iloc[trial.seeds])
        pairs = np.stack([terms[t][known] for t in TERMS[:-len(FILM_TERMS)]], 1)
        candidate = (year <= trial.last_year) & ~np.isin(known, trial.seeds)
        if items is not True: candidate &= items[known]
        others = np.bincount(np.searchsorted(known, trial.others), minlength=len(known))
        found.append((np.hstack([pairs, merits]).astype(np.float32), candidate, np.isin(known, trial.truth), others))
    return found


def measure(data, weights):
    """Mean P@5, P@10 and pmAUC (of all liked films against the 99 others)"""
    out = []
    for terms, candidate, truth, others in data:
        score = terms @ weights
        top = np.argpartition(-np.where(candidate, score, -np.inf), 10)[:10]
        top = top[np.argsort(-score[top])]
        rank = np.argsort(score)
        below = (np.cumsum(others[rank]) - others[rank] / 2)[(truth & candidate)[rank]]
        out.append((truth[top[:5]].mean(), truth[top].mean(), below.mean() / others.sum() if len(below) else .5))
    return np.mean(out, axis=0)


def goal(measured): return (measured[0] + measured[1]) / 2 + 1.5 * measured[2]


def search(data, start, scale, rounds=25, size=8, random_state=0):
    """Evolution strategy: eight tries around the best weights so far, or the mean of the best three, narrower where none is better"""
    rng, best, value, step = np.random.default_rng(random_state), start, goal(measure(data, start)), .3
    for _ in range(rounds):
        tries = [best + step * scale * rng.normal(size=len(best)) for _ in range(size)]
        values = [goal(measure(data, t)) for t in tries]
        tries.append(np.mean([tries[i] for i in np.argsort(values)[-3:]], axis=0))
        values.append(goal(measure(data, tries[-1])))
        if max(values) > value: best, value, step = tries[int(np.argmax(values))], max(values), step * 1.1
        else: step *= .85
    return best


def item_split(films, seen, tuning, unit, known, order, written, scale):
    """Weights tuned on half of the films from a plain start, and the library's, on the other half"""
    half = np.random.default_rng(0).random(len(films)) < .5
    here, there = (features(unit, make_trials(seen, films, tuning, 2, items=i), known, i) for i in (half, ~half))
    plain = {"content": written[order.index("content")], "era": 2.0, "newer": -1.0, "fame": .5}
    found = search(here, np.array([plain.get(t, 0.0) for t in order]), scale)
    print(json.dumps({"films tuned on": measure(here, found).round(4).tolist(), "the other films": measure(there, found).round(4).tolist(),
                      "library's weights, tuned on all, there": measure(there, written).round(4).tolist(),
                      "found": dict(zip(order, found.round(2).tolist()))}))


def likes_weight(films, seen, tuning, kind, folds=4):
    """P@5 and pmAUC of the tuning users for several weights of the likes, which in each fold come from the others alone"""
    scorer = FilmScorer(weights=WEIGHTS[kind] | WITH_LIKES[kind]).fit(films)
    year, weights, found = scorer.numbers_["year"], (0, 8, 10, 12, 14, 17, 20, 25, 30), []
    for fold in range(folds):
        held = tuning[fold::folds]
        neighbors = LikeNeighbors().fit(like_matrix(seen[~seen["userId"].isin(held)], films))
        for trial in make_trials(seen, films, held):
            score, likes = scorer.score(films.iloc[trial.seeds]), np.mean([neighbors.likeness(i) for i in trial.seeds], axis=0)
            candidates = (year <= trial.last_year) & ~np.isin(np.arange(len(films)), trial.seeds)
            judged = [judge(score + w * likes, trial, candidates)[0] for w in weights]
            found.append([(j["P@5"], j["pmAUC"]) for j in judged])
    for weight, (precision, auc) in zip(weights, np.mean(found, axis=0).round(4).tolist()):
        print(json.dumps({"weight of the likes": weight, "P@5": precision, "pmAUC": auc}))


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("kind", nargs="?", default="audience", choices=WEIGHTS)
    ask.add_argument("--movies", default=dev_data(), help="folder of the Kaggle dataset, for its ratings")
    ask.add_argument("--items", action="store_true", help="the item split: tune on half of the films, judge on the other half")
    ask.add_argument("--likes", action="store_true", help="the weight of other people's likes, cross-validated")
    args = ask.parse_args()
    films = clean_movies(load_movies(args.movies if args.kind == "audience" else "bundled")).films
    ratings = load_ratings(args.movies, films)
    training, _ = split_users(ratings, films)
    likes = liked_films(ratings, films)
    tuning = [u for u in training if u in likes.index and len(likes[u]) >= 10]
    seen = ratings[ratings["userId"].isin(training)]
    if args.likes: return likes_weight(films, seen, tuning, args.kind)
    unit = FilmScorer(weights=dict.fromkeys(TERMS, 1.0)).fit(films)
    known = np.union1d(np.argsort(-unit.numbers_["fame"])[:6000], np.concatenate(likes[likes.index.isin(tuning)].tolist()))
    order = list(TERMS)
    written = np.array([WEIGHTS[args.kind].get(t, 0.0) for t in order])
    scale = np.where(written != 0, np.maximum(np.abs(written), .1), 0.0)
    scale[order.index("content")] = 0  # only ratios matter
    halves = [tuning[::2], tuning[1::2]]
    if args.items: return item_split(films, seen, tuning, unit, known, order, written, scale)
    data = [features(unit, make_trials(seen, films, h, draws=2), known) for h in halves]
    for fit, hold in ((0, 1), (1, 0)):
        found = search(data[fit], written, scale)
        print(json.dumps({"tuned on half": fit, "there": measure(data[fit], found).round(4).tolist(),
                          "on the other half": measure(data[hold], found).round(4).tolist(),
                          "weights in the library, there": measure(data[hold], written).round(4).tolist(),
                          "found": dict(zip(order, found.round(2).tolist()))}), flush=True)
        assert goal(measure(data[hold], found)) < goal(measure(data[hold], written)) + .02, "the library's weights are no longer near the best"


if __name__ == "__main__": main()
