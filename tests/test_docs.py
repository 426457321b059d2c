"""The pages are whole; and each check finds what it is there to find."""
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import check_docs  # noqa: E402

HEAD = new_markdown_cell("# A page\n\n> That says what it is.")


def test_the_pages_are_whole(): assert check_docs.problems(ROOT / "nbs") == []


def test_nbdev_prepares_every_page(): assert list(check_docs.doclinks(ROOT)) == []


BROKEN = {
    "no title": [new_markdown_cell("A page without a title")],
    "dead link missing.ipynb": [HEAD, new_markdown_cell("See [this](missing.ipynb).")],
    "no heading for page.ipynb#nowhere": [HEAD, new_markdown_cell("See [this](page.ipynb#nowhere).")],
    "missing picture images/none.png": [HEAD, new_markdown_cell("![a picture](images/none.png)")],
    "no words for who cannot see it": [HEAD, new_markdown_cell("![](https://example.org/a.png)")],
    "stores an error": [HEAD, new_code_cell("1/0", outputs=[new_output("error", ename="ZeroDivisionError", evalue="", traceback=[])])],
    "another server": [HEAD, new_code_cell("x", outputs=[new_output("display_data", {"text/html": "<script src='https://a.b/c.js'></script>"})])],
    "live kernel": [HEAD, new_code_cell("x", outputs=[new_output("display_data", {"application/vnd.jupyter.widget-view+json": {}})])],
    "no docstring": [HEAD, new_code_cell("#| export\ndef f(): return 1")],
    "parameter x is not documented": [HEAD, new_code_cell("#| export\ndef f(x):\n    'What it does'\n    return x")],
}


@pytest.mark.parametrize("problem", BROKEN)
def test_each_check_finds_its_fault(problem, tmp_path):
    nbformat.write(new_notebook(cells=BROKEN[problem]), tmp_path / "page.ipynb")
    found = check_docs.problems(tmp_path)
    assert len(found) == 1 and problem in found[0]


def test_a_reference_page_that_shows_too_little_is_found(tmp_path):
    nbformat.write(new_notebook(cells=[HEAD, new_code_cell("#| export\nx = 1"), new_code_cell("x")]), tmp_path / "00_page.ipynb")
    assert "only 1 show something" in check_docs.problems(tmp_path)[0]


def test_a_page_that_the_sidebar_forgets_is_found(tmp_path):
    (tmp_path / "sidebar.yml").write_text("website: {sidebar: {contents: [other.ipynb]}}")
    nbformat.write(new_notebook(cells=[HEAD]), tmp_path / "page.ipynb")
    assert len(check_docs.problems(tmp_path)) == 2
