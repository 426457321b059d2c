"""Make README.md and nbs/llms.txt from the notebooks, or check that they are in step: `python tools/readme.py [--check]`.

nbdev's own command needs Quarto; nbconvert does the same for a page of prose, code and small outputs. llms.txt
(https://llmstxt.org) is the list of pages with a line on each, for programs that read the site.
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
    notebook.metadata["language_info"] = {"name": "python"}  # nbdev_clean removes it; the code fences want it
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


def llms() -> str:
    "The text of nbs/llms.txt: the pages in the sidebar's order, each with its description"
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    cfg, nbs = config["DEFAULT"], ROOT / "nbs"
    lines = [f"# {cfg['title']}", "", f"> {cfg['description']}", "", "## Pages", ""]
    for name in re.findall(r"[\w/]+\.ipynb", (nbs / "sidebar.yml").read_text(encoding="utf-8")):
        if not (nbs / name).exists(): continue
        first = next(c.source for c in nbformat.read(nbs / name, as_version=4).cells if c.cell_type == "markdown")
        title, description = re.match(r"#\s+(.*)\n+>\s+(.*)", first).groups()
        page = Path(name).with_name(re.sub(r"^\d+[a-z]*_", "", Path(name).name)).with_suffix(".html")
        lines.append(f"- [{title}]({cfg['doc_host']}{cfg['doc_baseurl']}/{page.as_posix()}): {description}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    for path, text in {ROOT / "README.md": readme(), ROOT / "nbs" / "llms.txt": llms()}.items():
        if "--check" not in sys.argv: path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path.name} is not what the notebooks make: run `make readme`")
