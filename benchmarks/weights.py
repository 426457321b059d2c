"""What each weight of the score is worth: every one taken out, halved and doubled, on the Kaggle films.

    python benchmarks/weights.py [--sets 150] [--neighbours FILE] [--pairs FILE]

For each setting: P@10 of TMDB's neighbours for one film and for three (sets at random), the share of famous films for three, and the area under the curve
of the judged pairs. A difference below two standard errors (about .04 with 150 sets) is none. The two files are looked for in `yardsticks` beside the folder
of the development data; the result goes to benchmarks/weights.json, which the page on quality shows.
"""
import argparse
import json
from pathlib import Path

from movie_recsys import MovieRecommender
from movie_recsys.data import dev_data
from movie_recsys.evaluate import evaluate_neighbours, evaluate_pairs, read_neighbours, read_pairs
from movie_recsys.similarity import CONTENT, DISTANCE, PLOT, FilmScorer

WEIGHTS = {**CONTENT, "plot": PLOT, **DISTANCE}


class Bare:
    "Lists without reasons, which nothing here reads"
    def __init__(self, rec): self.rec = rec
    def recommend(self, seeds, n=10): return self.rec.recommend(seeds, n=n, reasons=False)
    def score(self, seeds): return self.rec.score(seeds)


def measure(rec, known, pairs, sets):
    "The figures of one setting"
    found = evaluate_neighbours({"": Bare(rec)}, known, rec.films, sets=sets, sizes=(1, 3))
    at = lambda named, measure: round(float(found.loc[("", named, "at random"), measure]), 3)  # noqa: E731
    return {f"P@10, {n} named": at(n, "P@10") for n in (1, 3)} | {"famous, 3 named": at(3, "famous"), "pairs": round(float(evaluate_pairs({"": Bare(rec)}, pairs)["AUC"].iloc[0]), 3)}


def main():
    "Measure the library's weights, then every change of one"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=150)
    folder = dev_data("../yardsticks") or Path("yardsticks")
    parser.add_argument("--neighbours", default=folder / "tmdb_neighbours.json")
    parser.add_argument("--pairs", default=folder / "more_like_this.tsv")
    args = parser.parse_args()
    scorer = FilmScorer()
    rec = MovieRecommender.from_movies(dev_data(), scorer=scorer)
    known, pairs = read_neighbours(args.neighbours, rec.films), read_pairs(args.pairs, rec.films)
    rows = [{"term": "all", "times": 1.0} | measure(rec, known, pairs, args.sets)]
    used = {"plot", *DISTANCE, *rec.scorer.features_.overlaps_}
    for term, times in ((term, times) for term in WEIGHTS if term in used for times in (0, .5, 2)):
        scorer.weights = {term: times * WEIGHTS[term]}
        rows.append({"term": term, "times": times} | measure(rec, known, pairs, args.sets))
        print(rows[-1], flush=True)
    (Path(__file__).parent / "weights.json").write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n")


if __name__ == "__main__": main()
