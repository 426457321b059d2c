"""What every test shares: where things are, and the plain closing line."""
import os
import shutil
from pathlib import Path

import pytest

os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_DISABLE_TELEMETRY="1", DO_NOT_TRACK="1")
# Each worker has ports of its own: two apps that look for a free one at the same moment would find the same, and wait.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ.setdefault("GRADIO_SERVER_PORT", str(7860 + 100 * WORKER))
# There are as many workers as cores: threads of one would take the core of another, and wait for each other.
if "PYTEST_XDIST_WORKER" in os.environ:
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"): os.environ.setdefault(threads, "1")
# The same browser without windows first: its pages take a fifth less processor time.
CHROMIUMS = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Playwright's list of what a test does not need, which Chromium takes from the last such flag alone, and the address bar's
# menu: no test sees it, and for each window it costs half a second of processor time.
UNSEEN = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"]
PLAYWRIGHTS = ["AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay", "MediaRouter",
               "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning"]
CHROMIUM_FLAGS.append(f"--disable-features={','.join(PLAYWRIGHTS + UNSEEN)}")


@pytest.fixture(scope="session")
def root() -> Path:
    "The repository"
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def rec():
    "The bundled films"
    from movie_recsys.recommend import MovieRecommender
    return MovieRecommender.from_movies()


@pytest.fixture(scope="session")
def kaggle():
    "The Kaggle films; the test is skipped where they are not"
    from movie_recsys.data import dev_data
    from movie_recsys.recommend import MovieRecommender
    if not dev_data(): pytest.skip("the Kaggle table is not here: set MOVIE_RECSYS_DATA to its folder")
    return MovieRecommender.from_movies(dev_data())


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    "One worker has the tests on the Kaggle films, and works them out once"
    for item in items:
        params = item.callspec.params.values() if hasattr(item, "callspec") else ()
        if "kaggle" in [*item.fixturenames, *map(str, params)]: item.add_marker(pytest.mark.xdist_group("kaggle"))


@pytest.fixture(scope="session")
def browser():
    "A headless Chromium driven by Playwright; the test is skipped where there is none"
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not chromium: pytest.skip("no Chromium on the path")
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield chrome
        chrome.close()


@pytest.fixture(scope="session")
def only_here(tmp_path_factory):
    "Say that this worker starts a server; the test fails where another one has started it, too"
    def start(name):
        if "PYTEST_XDIST_WORKER" not in os.environ: return
        try: (tmp_path_factory.getbasetemp().parent / f"{name} started").mkdir()
        except FileExistsError:
            # pytest 9.2 does that with pytest-xdist 3.8, and nobody notices: pytest-dev/pytest-xdist#1386
            pytest.fail(f"Two workers start {name}: the tests of one xdist_group were dealt to several.")
    return start


def pytest_unconfigure(config):
    "End with a line that any reader, and any CI, understands"
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if hasattr(config, "workerinput") or reporter is None: return
    count = {k: len(reporter.stats.get(k, [])) for k in ("passed", "failed", "error", "skipped")}
    print(f"{count['passed']} passed, {count['failed'] + count['error']} failed, {count['skipped']} skipped")
