"""Every notebook is a test: it runs top to bottom, with no key and no network, and its assertions hold."""
import re
from configparser import ConfigParser
from pathlib import Path

import pytest
from nbdev.test import test_nb as run_notebook

from movie_recsys.data import dev_data

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
