"""The widgets in JupyterLab and in Notebook 7, in a real browser: keys, clicks, kernel round trips (skipped where there is no Chromium)."""
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections import namedtuple
from urllib.error import URLError

import nbformat
import pytest

from movie_recsys.recommend import MovieRecommender

pytest.importorskip("jupyterlab")
pytestmark = pytest.mark.xdist_group("jupyterlab")  # they share a server
CELLS = {"picker": "picker = MoviePicker(rec, ['Heat', 'Alien'])\npicker", "clusters": "explore_clusters(rec)",
         "tuner": "tune_clusters(rec.films)"}
SETUP = "from ipywidgets import Widget\nWidget.close_all()  # of the notebooks before\nfrom movie_recsys import MovieRecommender\nfrom movie_recsys.widgets import *\nrec = MovieRecommender.load('model')\n"
JUPYTER_FOLDERS = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTERLAB_SETTINGS_DIR",
                   "JUPYTERLAB_WORKSPACES_DIR", "MPLCONFIGDIR")
ON_THE_MAP = 2608065  # The Lego Movie: no other film lies close to it
Lab = namedtuple("Lab", "url folder")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.fixture(scope="module")
def lab(root, browser, tmp_path_factory, only_here):
    "A JupyterLab of its own: own folders, own port, no token, no news"
    only_here("JupyterLab")
    home, work = tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("notebooks")
    env = os.environ | {name: str(home / name.lower()) for name in JUPYTER_FOLDERS} | {"PYTHONPATH": str(root)}
    news = home / "jupyterlab_settings_dir" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
    MovieRecommender.from_movies().save(work / "model")
    url = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", f"--port={port}", f"--notebook-dir={work}",
               "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"]
    with open(home / "log", "w") as log:
        server = subprocess.Popen(command, env=env, cwd=work, stdout=log, stderr=subprocess.STDOUT)
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{url}/api", timeout=5)
                    break
                except (URLError, OSError):
                    assert server.poll() is None, (home / "log").read_text()
                    time.sleep(0.5)
            yield Lab(url, work)
        finally:
            server.terminate()
            try: server.wait(30)
            except subprocess.TimeoutExpired: server.kill()  # sometimes it waits for its own threads for ever


@pytest.fixture(scope="module")
def context(browser):
    "One window for all notebooks: JupyterLab's megabytes of scripts are compiled once"
    context = browser.new_context(viewport={"width": 1400, "height": 1500})
    yield context
    context.close()


def ask_lab(lab, what, **body):
    "What the server answers to something posted to its API"
    request = urllib.request.Request(f"{lab.url}/api/{what}", json.dumps(body).encode(), {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


@pytest.fixture(scope="module")
def kernel(lab):
    "One kernel for all notebooks: what they import is read once"
    return ask_lab(lab, "kernels", name="python3")["id"]


@pytest.fixture
def run_cell(lab, kernel, context):
    "Run one cell in a new notebook; gives the page that shows it. In JupyterLab no script may fail"
    pages, errors = [], []

    def run(name, code, view="doc/tree"):
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        cell = nbformat.v4.new_code_cell(SETUP + code)
        nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": spec}), lab.folder / f"{name}.ipynb")
        ask_lab(lab, "sessions", path=f"{name}.ipynb", name=name, type="notebook", kernel={"id": kernel})
        pages.append(page := context.new_page())
        page.set_default_timeout(120_000)
        question = page.locator("dialog.jp-Dialog")  # on a busy machine Jupyter may ask whether to go on: yes
        page.add_locator_handler(question, lambda box: (print(box.inner_text()), box.locator(".jp-mod-accept").click()))
        if view == "doc/tree": page.on("pageerror", lambda error: errors.append(str(error)))  # Notebook 7 has some of its own
        page.goto(f"{lab.url}/{view}/{name}.ipynb")
        page.locator(".jp-NotebookPanel-toolbar [data-status='idle']").wait_for()
        prompt = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").first
        for _ in range(20):  # the first keys may come before the page listens to them
            page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
            page.keyboard.press("Shift+Enter")
            page.wait_for_timeout(500)
            if prompt.inner_text() != "[ ]:": return page
        raise AssertionError("the cell does not run")

    yield run
    for page in pages: page.close()
    assert [error for error in errors if "Canceled future" not in error] == []  # JupyterLab's own, when a page goes


def cards(page):
    "The titles on the cards"
    return page.locator(".jupyter-widgets .widget-html-content div[style*='font-weight:600']").all_inner_texts()


def wait_for_other_cards(page, before, number=5):
    "Wait until the kernel has answered with other cards"
    for _ in range(240):
        if len(after := cards(page)) == number and after != before: return after
        time.sleep(0.25)
    raise AssertionError(f"the cards are {after}, and were {before}")


def test_picker(run_cell):
    "Type with a slip, take it with Return, choose on the map, turn a dial, hide a card: each changes the result"
    page = run_cell("picker", CELLS["picker"])
    page.wait_for_selector(".jp-OutputArea .film-map[data-ready]")
    first = wait_for_other_cards(page, [])
    assert not {"Heat", "Alien"} & set(first)
    page.locator(".movie-still").wait_for(state="attached")
    page.locator(".movie-still").wait_for(state="hidden")

    page.get_by_placeholder("Type a title").fill("the matrx")
    page.get_by_role("button", name="The Matrix (1999)").first.wait_for()
    page.get_by_placeholder("Type a title").press("Enter")
    page.get_by_role("button", name="✕ The Matrix (1999)").wait_for()
    second = wait_for_other_cards(page, first)

    page.get_by_role("button", name="Your pick: The Matrix (1999)").wait_for()  # the marks come after the cards
    x, y = page.evaluate(f"document.querySelector('.film-map').filmMap.screen({ON_THE_MAP})")
    canvas = page.locator(".film-map canvas").bounding_box()
    page.mouse.click(canvas["x"] + x, canvas["y"] + y)
    offer = page.get_by_role("button", name=re.compile("^Choose "))
    offer.wait_for()
    film = offer.inner_text().removeprefix("Choose ")
    offer.click()
    page.get_by_role("button", name=f"✕ {film}").wait_for()
    third = wait_for_other_cards(page, second)

    page.get_by_role("button", name="Seen it").first.click()
    assert third[0] not in wait_for_other_cards(page, third)
    page.get_by_role("button", name="✕ Heat (1995)").click()
    page.get_by_role("button", name="✕ Heat (1995)").wait_for(state="detached")


def test_picker_in_notebook_7(run_cell):
    "The same widget where the classic notebook's successor shows it"
    pytest.importorskip("notebook")
    page = run_cell("notebook7", CELLS["picker"], view="notebooks")
    page.wait_for_selector(".jp-OutputArea .film-map[data-ready]")
    first = wait_for_other_cards(page, [])
    page.get_by_placeholder("Type a title").fill("the matrx")
    page.get_by_role("button", name="The Matrix (1999)").first.click()
    page.get_by_role("button", name="✕ The Matrix (1999)").wait_for()
    wait_for_other_cards(page, first)


def test_clusters(run_cell):
    "Another cluster shows another picture and other films"
    page = run_cell("clusters", CELLS["clusters"])
    page.wait_for_selector(".jupyter-widgets select")
    page.locator(".jupyter-widgets .widget-html-content img").first.wait_for()
    before = wait_for_other_cards(page, [], number=6)
    page.locator(".jupyter-widgets select").select_option(index=4)
    wait_for_other_cards(page, before, number=6)


def test_tuner(run_cell):
    "A feature less is another inertia and another silhouette; no feature is a sentence"
    page = run_cell("tuner", CELLS["tuner"])
    facts = page.locator(".jupyter-widgets .widget-html-content p").first
    facts.wait_for()
    before = facts.inner_text()
    assert "13 clusters" in before and "silhouette" in before
    page.locator(".jupyter-widgets .widget-checkbox input").first.uncheck()
    page.wait_for_function("before => document.querySelector('.jupyter-widgets .widget-html-content p').innerText !== before",
                           arg=before)
    assert "13 clusters" in facts.inner_text()


def test_still_picture(run_cell, lab):
    "Saved and opened again without its kernel, the notebook shows the still picture"
    page = run_cell("still", CELLS["picker"])
    page.wait_for_selector(".jp-OutputArea .film-map[data-ready]")
    page.locator(".movie-still").wait_for(state="attached")
    page.keyboard.press("Control+s")
    for _ in range(120):
        saved = nbformat.read(lab.folder / "still.ipynb", 4).cells[0].get("outputs", [])
        if len(saved) == 2: break
        time.sleep(0.5)
    assert "movie-still" in saved[1].data["text/html"] and "<script" not in saved[1].data["text/html"]
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=saved[1:])]), lab.folder / "copy.ipynb")
    page.goto(f"{lab.url}/doc/tree/copy.ipynb")
    page.locator(".movie-still img").first.wait_for()
    page.locator(".movie-still").wait_for(state="visible")
