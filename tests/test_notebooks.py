"""Every notebook is a test: it runs top to bottom, with no key and no network, and its assertions hold."""
import ast
import re
import sys
from configparser import ConfigParser
from functools import partial
from pathlib import Path

import nbdev.test
import nbformat
import pytest
from nbformat.v4 import new_code_cell
from tmdb_server import TMDBServer

from movie_recsys.cluster import fit_clusters
from movie_recsys.data import dev_data, load_movies
from movie_recsys.preprocess import clean_movies
from movie_recsys.recommend import MovieRecommender
from movie_recsys.tmdb import TMDB

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from shell import Shell  # noqa: E402

NOTEBOOKS = sorted(p for p in (ROOT / "nbs").rglob("*.ipynb") if not {".ipynb_checkpoints", "_proc"} & set(p.parts))
name = lambda path: str(path.relative_to(ROOT / "nbs").with_suffix(""))  # noqa: E731


def flags() -> list[str]:
    "The flags of settings.ini whose cells do not run everywhere"
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    return config["DEFAULT"]["tst_flags"].split()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_notebook(path, monkeypatch):
    "The page top to bottom, without network; with its cells on the Kaggle table where that is here (`MOVIE_RECSYS_DATA`)"
    skipped = [flag for flag in flags() if flag != "kaggle" or not dev_data()]
    monkeypatch.setattr(nbdev.test, "CaptureShell", Shell)
    passed, _ = nbdev.test.test_nb(path, skip_flags=skipped, basepath=ROOT)
    assert passed, f"{name(path)} failed: its traceback is in the captured output"


def owed(cells: list) -> list[tuple[str, str]]:
    "What cells that run everywhere use of cells that do not: name and the beginning of the cell"
    lent, found, elsewhere = set(), [], set(flags())
    for cell in (cell for cell in cells if cell.cell_type == "code"):
        nodes = list(ast.walk(ast.parse(re.sub(r"(?m)^[%!].*", "", cell.source))))
        bound = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
        bound |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        bound |= {(node.asname or node.name).split(".")[0] for node in nodes if isinstance(node, ast.alias)}
        if set(re.findall(r"(?m)^#\s*\|\s*(.+?)\s*$", cell.source)) & elsewhere: lent |= bound
        else:
            used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
            found += [(word, cell.source[:60]) for word in sorted((used - bound) & lent)]
            lent -= bound
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_a_page_without_its_flagged_cells_lacks_nothing(path):
    assert owed(nbformat.read(path, 4).cells) == []


def test_what_a_page_would_lack_is_found():
    cells = [new_code_cell("films = 1"), new_code_cell("#| kaggle\nfilms = kaggle = 2"), new_code_cell("#| hide\nkaggle"),
             new_code_cell("print(films)"), new_code_cell("films = 3"), new_code_cell("films")]
    assert owed(cells) == [("kaggle", "#| hide\nkaggle"), ("films", "print(films)")]


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
