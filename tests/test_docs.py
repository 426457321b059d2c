"""The pages are whole; and each check finds what it is there to find."""
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
import check_docs  # noqa: E402
import docs  # noqa: E402

SITE = "https://films.example"
PICTURE = new_output("display_data", {"image/png": "iVBORw0KGgo="})

HEAD = new_markdown_cell("# A page\n\n> That says what it is.")


def test_the_pages_are_whole(): assert check_docs.problems(ROOT / "nbs") == []


def test_the_pages_are_whole_as_quarto_gets_them(): assert check_docs.site_problems(ROOT) == []


BROKEN = {
    "no title": [new_markdown_cell("A page without a title")],
    "dead link missing.ipynb": [HEAD, new_markdown_cell("See [this](missing.ipynb).")],
    "no heading for page.ipynb#nowhere": [HEAD, new_markdown_cell("See [this](page.ipynb#nowhere).")],
    "missing picture images/none.png": [HEAD, new_markdown_cell("![a picture](images/none.png)")],
    "no words for who cannot see it": [HEAD, new_markdown_cell("![](data:image/png;base64,AAAA)")],
    "stores an error": [HEAD, new_code_cell("1/0", outputs=[new_output("error", ename="ZeroDivisionError", evalue="", traceback=[])])],
    "shows a warning": [HEAD, new_code_cell("x", outputs=[new_output("stream", name="stderr", text="x.py:1: FutureWarning: gone soon")])],
    "another server": [HEAD, new_code_cell("x", outputs=[new_output("display_data", {"text/html": "<script src='https://a.b/c.js'></script>"})])],
    "live kernel": [HEAD, new_code_cell("x", outputs=[new_output("display_data", {"application/vnd.jupyter.widget-view+json": {}})])],
    "must be sent by another server": [HEAD, new_markdown_cell("![a badge](https://example.org/badge.svg)")],
    "a figure without fig-alt": [HEAD, new_code_cell("plot()", outputs=[PICTURE])],
    "a picture without alt": [HEAD, new_code_cell("x", outputs=[new_output("display_data", {"text/html": "<img src='data:image/png;base64,'>"})])],
    "is hidden, and what it shows is lost": [HEAD, new_code_cell("#| hide\nx", outputs=[new_output("display_data", {"text/html": "<style>p {}</style>"})])],
    "characters wide": [HEAD, new_code_cell("x", outputs=[new_output("display_data", {"text/html": "<table><tr>" + "<td>1234567890</td>" * 20 + "</tr></table>"})])],
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


def entry(name: str, text: str = "", anchor: str = ""):
    "A cell with the entry of a name, as the site gets it"
    return new_code_cell(f"show_doc({name})", outputs=[new_output("display_data", {"text/markdown": f"### {name} {{#{anchor or name.lower()}}}\n\n{text}"})])


FRONT = new_raw_cell("---\noutput-file: page.html\ntitle: A page\n---")
CODE = new_code_cell("#| export\nclass Films:\n    'Films'\n    def find(self): 'One'\n    def fit(self): pass\n    def _own(self): 'Private'")
ENTRIES = [entry("Films"), entry("Films.find")]
PREPARED = {
    "Films.find has no entry": [entry("Films")],
    "Films has 2 entries": [entry("Films", anchor="films-1"), *ENTRIES],
    "headings have the anchor films": [new_markdown_cell("## Films"), *ENTRIES],
    "the entry of show_doc(Films) could not be made": [new_code_cell("show_doc(Films)", outputs=[new_output("stream", text="Traceback")]), *ENTRIES],
    f"no heading or entry for {SITE}/page.html#films.lose": [new_markdown_cell(f"See [`Films.lose`]({SITE}/page.html#films.lose)."), *ENTRIES],
    f"{SITE}/other.html#films is no page": [new_markdown_cell(f"See [`Films`]({SITE}/other.html#films)."), *ENTRIES],
    "no heading or entry for page.ipynb#gone": [new_markdown_cell("See [there](page.ipynb#gone)."), *ENTRIES],
    "a link stands in a link": [new_markdown_cell("See [[`Films`](page.ipynb)](page.ipynb)."), *ENTRIES],
    "a signature shows a raw link or Annotated": [entry("Films", "```python\nFilms(n: Annotated[int, 'how many'])\n```"), entry("Films.find")],
    "a docstring's sections run together": [entry("Films"), entry("Films.find", "One\n\nArgs:\n    text: what is typed")],
    "text of Films.find is not documented": [entry("Films"), entry("Films.find", "| Parameter | Meaning |\n|:--|:--|\n| <code>text</code> |  |")],
}


def prepared(folder: Path, cells: list) -> list[str]:
    "What the check says of one page that was prepared so"
    for name, content in {"nbs": [HEAD, CODE], "_proc": [FRONT, *cells]}.items():
        (folder / name).mkdir()
        nbformat.write(new_notebook(cells=content), folder / name / "page.ipynb")
    return list(check_docs.prepared(folder / "_proc", folder / "nbs", SITE))


@pytest.mark.parametrize("problem", PREPARED)
def test_each_check_of_the_prepared_pages_finds_its_fault(problem, tmp_path):
    found = prepared(tmp_path, PREPARED[problem])
    assert len(found) == 1 and problem in found[0]


def test_a_page_with_an_entry_for_each_name_is_whole(tmp_path):
    links = f"## Heading\n\n[`Films.find`]({SITE}/page.html#films.find), [here](#heading), [there](page.ipynb#films), [away](https://example.org/#x)"
    assert prepared(tmp_path, [new_markdown_cell(links), *ENTRIES]) == []


def test_an_entry_has_a_row_for_each_parameter_and_filter():
    from movie_recsys.recommend import MovieRecommender
    text = docs.Entry(MovieRecommender.recommend)._repr_markdown_()
    assert "#### MovieRecommender.recommend {#movierecommender.recommend}" in text and "**Returns** `pd.DataFrame`" in text
    assert all(f"| <code>{name}</code> | " in text for name in ("seeds", "n", "adventure", "probes", "genres", "min_rating"))
    assert "self" not in text.split("```")[1] and "#" not in text.split("```")[1]


def test_a_page_says_what_most_people_need_of_it():
    assert docs.start("movie_recsys.taste") == "What most people need of this page: `Taste`, with `from movie_recsys import Taste`."
    assert docs.start("movie_recsys.values") == ""


def test_an_entry_reads_annotated_types_sections_and_fields():
    from movie_recsys import app, cli, recommend
    command = docs.Entry(cli.recommend)._repr_markdown_()
    assert "Annotated" not in command and "| <code>n</code> | How many films. |" in command and "    n: int = 5," in command
    endpoint = docs.Entry(app.find)._repr_markdown_()
    assert "Args:" not in endpoint and "| <code>limit</code> | how many films at most, between 1 and 50 |" in endpoint
    row = docs.Entry(recommend.Filters)._repr_markdown_()
    assert "| Field | Meaning |" in row and "| <code>runtime</code> | (shortest, longest) in minutes |" in row
    raising = docs.Entry(recommend.among)._repr_markdown_()
    assert "**Raises** `SelectionError`" in raising


@pytest.mark.parametrize("module, name, leads", [
    ("", "recommend", "recommend.html#movierecommender.recommend"), ("movie_recsys.app", "recommend", "app.html#recommend"),
    ("movie_recsys.cli", "find", "recommend.html#movierecommender.find"), ("movie_recsys.taste", "find", "taste.html#filmlookup.find"),
    ("movie_recsys.serve", "problem", "serve.html#problem"), ("movie_recsys.serve", "Problem", "serve.html#problem-class"),
    ("", "because", None), ("movie_recsys.tmdb", "_Key", None)])
def test_a_doclink_leads_to_what_the_page_means(monkeypatch, module, name, leads):
    monkeypatch.setattr(docs, "MODULE", [module])
    found = docs.Lookup().doc(name)
    assert found is None if leads is None else found.endswith(f"/movie_recsys/{leads}")


def test_a_link_that_is_there_already_stays(monkeypatch):
    monkeypatch.setattr(docs, "MODULE", [""])
    line = docs.Lookup().link_line("[`load_movies`](00_data.ipynb), `load_movies` and `a b`")
    assert line.startswith("[`load_movies`](00_data.ipynb), [`load_movies`](https://") and line.endswith(" and `a b`")


RENDERED = """<head><link rel="canonical" href="https://films.example/page.html">
<script src="https://cdn.jsdelivr.net/npm/requirejs@2.3.6/require.min.js" integrity="sha384-a b" crossorigin="anonymous"></script>
<script src="https://cdn.jsdelivr.net/npm/jquery@3.5.1/dist/jquery.min.js" data-relocate-top="true"></script>
<script type="application/javascript">define('jquery', [],function() {return window.jQuery;})</script>
<script src="site_libs/quarto-nav/quarto-nav.js"></script></head><body><a href="https://example.org/">a link</a></body>"""


def test_what_is_unused_is_stripped_and_the_rest_stays(tmp_path):
    (tmp_path / "page.html").write_text(RENDERED)
    assert docs.finish(tmp_path) == []
    left = (tmp_path / "page.html").read_text()
    assert "require" not in left and "jquery" not in left.lower() and "quarto-nav.js" in left and "a link" in left


@pytest.mark.parametrize("name, text", [
    ("page.html", '<script src="https://polyfill.example/v3.js"></script>'), ("page.html", "<img alt='' src='//a.example/b.png'>"),
    ("style.css", "@import url(https://fonts.example/css2?family=Source+Sans+Pro);"), ("style.css", "@font-face {src: url('https://fonts.example/a.woff2')}")])
def test_what_asks_another_server_is_named(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    assert len(docs.finish(tmp_path)) == 1 and ".example/" in docs.finish(tmp_path)[0]
