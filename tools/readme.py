"""Make README.md from nbs/index.ipynb, or check that it is in step: `python tools/readme.py [--check]`.

nbdev's own command needs Quarto; nbconvert does the same for a page of prose, code and small outputs.
"""
import re
import sys
from configparser import ConfigParser
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter

ROOT = Path(__file__).resolve().parents[1]


def visible(cell) -> bool:
    "Whether a reader of the README sees this cell"
    return not re.search(r"^#\s*\|\s*(hide|default_exp)\b", cell.source, re.M) and cell.cell_type != "raw"


def readme() -> str:
    "The text of README.md"
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    notebook = nbformat.read(ROOT / "nbs" / "index.ipynb", as_version=4)
    notebook.cells = [cell for cell in notebook.cells if visible(cell)]
    for cell in notebook.cells:
        cell.source = re.sub(r"^#\s*\|.*\n?", "", cell.source, flags=re.M)
        for output in cell.get("outputs", []):  # the code host shows a table's text well and its HTML badly
            if "text/plain" in output.get("data", {}): output.data.pop("text/html", None)
    text, _ = MarkdownExporter().from_notebook_node(notebook)
    text = re.sub(r"(?<=[\(\"])images/", "nbs/images/", text)
    text = re.sub(r"\]\((?!https?:|#|nbs/|mailto:)([\w/]+)\.ipynb", r"](nbs/\1.ipynb", text)
    note = "<!-- Made from nbs/index.ipynb by `make readme`: edit the notebook, not this file. -->\n\n"
    return note + re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


if __name__ == "__main__":
    path = ROOT / "README.md"
    if "--check" not in sys.argv: path.write_text(readme(), encoding="utf-8")
    elif path.read_text(encoding="utf-8") != readme(): sys.exit("README.md is not what nbs/index.ipynb makes: run `make readme`")
