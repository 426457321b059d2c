"""What the recommender is measured by, held where the development data and the yardsticks beside them are."""
import pytest

from movie_recsys.data import dev_data
from movie_recsys.evaluate import evaluate_neighbours, evaluate_pairs, read_neighbours, read_pairs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def yardsticks():
    "The folder of the yardsticks; nothing is measured where it or the Kaggle films are missing"
    folder = dev_data("../yardsticks")
    if not dev_data() or not folder: pytest.skip("the Kaggle table or the yardsticks beside it are not here: set MOVIE_RECSYS_DATA to the data folder")
    return folder


def neighbours_are(rec, yardsticks, expected, within):
    "P@10 of the first thirty random sets of three films, as the page on quality measures it"
    known = read_neighbours(yardsticks / "tmdb_neighbours.json", rec.films)
    found = evaluate_neighbours({"movie_recsys": rec}, known, rec.films, sets=30, sizes=[3])
    assert found.loc[("movie_recsys", 3, "at random"), "P@10"] == pytest.approx(expected, abs=within)


def test_the_neighbours_of_thirty_sets(kaggle, yardsticks):
    "The same thirty sets that the page on quality shows"
    neighbours_are(kaggle, yardsticks, .457, .03)


def test_the_judged_pairs(kaggle, yardsticks):
    "The area under the curve of the judged pairs"
    pairs = read_pairs(yardsticks / "more_like_this.tsv", kaggle.films)
    assert evaluate_pairs({"movie_recsys": kaggle}, pairs, n_boot=10).loc["movie_recsys", "AUC"] == pytest.approx(.81, abs=.02)
