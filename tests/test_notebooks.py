"""Every notebook is a test: it runs top to bottom, with no key and no network, and its assertions hold."""
import ast
import re
from configparser import ConfigParser
from functools import partial
from pathlib import Path

import nbformat
import pytest
from nbdev.test import test_nb as run_notebook
from tmdb_server import TMDBServer

from movie_recsys.cluster import fit_clusters
from movie_recsys.data import dev_data, load_movies
from movie_recsys.preprocess import clean_movies
from movie_recsys.recommend import MovieRecommender
from movie_recsys.tmdb import TMDB

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted(p for p in (ROOT / "nbs").rglob("*.ipynb") if not {".ipynb_checkpoints", "_proc"} & set(p.parts))
WITH_DATA = [p for p in NOTEBOOKS if re.search(r'"#\s*\|\s*kaggle', p.read_text(encoding="utf-8"))]
name = lambda path: str(path.relative_to(ROOT / "nbs").with_suffix(""))  # noqa: E731


def flags() -> list[str]:
    "The flags of settings.ini whose cells do not run everywhere"
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    return config["DEFAULT"]["tst_flags"].split()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook(path):
    "The page as anybody can run it: bundled films, no network"
    passed, _ = run_notebook(path, skip_flags=flags(), basepath=ROOT)
    assert passed, f"{name(path)} failed: its traceback is in the captured output"


@pytest.mark.parametrize("path", WITH_DATA, ids=name)
def test_notebook_on_the_kaggle_table(path):
    "The same page with its cells on the Kaggle table"
    if not dev_data(): pytest.skip("the Kaggle table is not here: set MOVIE_RECSYS_DATA to its folder")
    passed, _ = run_notebook(path, skip_flags=[f for f in flags() if f != "kaggle"], basepath=ROOT)
    assert passed, f"{name(path)} failed on the Kaggle table"


def test_the_comparison_with_tmdb(monkeypatch):
    "The live cells of the page on quality, with a server on this machine for TMDB and real films under two of its ids"
    films = clean_movies(load_movies()).films
    at = {films.index[(films["title"] == title) & (films["release_year"] == year)][0]: id_
          for title, year, id_ in (("Heat", 1995, 101), ("Amélie", 2001, 105))}
    films = films.rename(index=at)
    page = nbformat.read(ROOT / "nbs/explanations/quality.ipynb", 4)
    code = ast.parse("\n".join(c.source for c in page.cells if c.source.startswith("#| live")))
    with TMDBServer() as server:
        monkeypatch.setattr("movie_recsys.tmdb.TMDB", partial(TMDB, server.key, server.api(), server.images(), cache=False))
        names = {"rec": MovieRecommender(films, fit_clusters(films, n_init=1))}
        exec(compile(ast.Module(code.body[:-1], []), "live", "exec"), names)
        found = eval(compile(ast.Expression(code.body[-1].value), "live", "eval"), names)
        assert [p for p in server.paths if "recommendations" in p] == ["/3/movie/101/recommendations", "/3/movie/105/recommendations"]
    assert list(found) == ["Heat (1995)", "Amélie (2001)"]
    assert found["Heat (1995)"][0] == ["Saturn Express", "The Baker of Turin", "Nine Paper Boats", "Dust on the Piano", "Dust on the Piano"]
    assert len(found["Amélie (2001)"][1]) == 5 and "A Very Long Engagement" in found["Amélie (2001)"][1]
