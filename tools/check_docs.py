"""What the documentation site needs to be whole, checked without Quarto: `python tools/check_docs.py`.

Every page is looked at for its title and description, links, pictures and what is said of them, tables that are too
wide, errors in stored outputs, outputs that are hidden or that only a live kernel or somebody else's server could show,
and the documentation of what it exports. Then all pages are prepared as for Quarto (`docs.py`): every link and its
fragment are followed, and each public name and method has one entry that reads well.
"""
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from configparser import ConfigParser
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
PICTURE = re.compile(r"!\[[^\]]*\]\(\s*([^)\s]+)|<img[^>]+src=[\"']([^\"']+)")
REMOTE = re.compile(r"<(?:script|link|iframe|img)\b[^>]+(?:src|href)=[\"']?(?:https?:)?//")
WIDEST = 150  # characters that a table may be wide; more, and it is wider than the page
# Methods whose parameters somebody else's protocol fixes: scikit-learn's, requests', Gradio's and the standard library's.
PROTOCOL = {"fit", "transform", "predict", "fit_transform", "get_feature_names_out", "send", "filter", "readinto", "fileno", "launch"}


def pages(nbs: Path) -> list[Path]:
    "Every notebook below a folder"
    return sorted(p for p in nbs.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def prose(notebook) -> str:
    "The markdown of a page, code examples left out"
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.sub(r"```.*?```", "", text, flags=re.S)


def headings(text: str) -> list[str]:
    "The anchors that Quarto makes of the headings of a text, in order"
    found = []
    for heading, given in re.findall(r"^#+\s+(.*?)\s*(\{.*\})?$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M):
        own = re.search(r"#([\w.:-]+)", given)
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        made = re.sub(r"\s+", "-", re.sub(r"[^\w\s.-]", "", plain.lower()).strip())
        found.append(own[1] if own else re.sub(r"^[^a-z]+", "", made))
    return found


def anchors(notebook) -> set[str]:
    "The anchors of a page's headings"
    return set(headings(prose(notebook)))


def title_and_description(path, notebook):
    "A page starts with an H1 and a line of description, in a cell of their own: nbdev makes both its front matter"
    first = next((c.source for c in notebook.cells if c.cell_type == "markdown"), "")
    if not re.fullmatch(r"#\s+\S.*\n+>\s+\S.*", first.strip()):
        yield "no title with a > line of description, and nothing else, in its first markdown cell"


def links(path, notebook):
    "Links to files of this repository lead somewhere, and so do their anchors"
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", prose(notebook))):
        if re.match(r"[a-z]+:", target): continue
        name, _, anchor = target.partition("#")
        other = (path.parent / name).resolve() if name else path
        if not other.exists(): yield f"dead link {target}"
        elif anchor and other.suffix == ".ipynb" and anchor not in anchors(nbformat.read(other, as_version=4)):
            yield f"no heading for {target}"


def pictures(path, notebook):
    "Pictures are in the repository or in the page itself, and say what they show"
    text = prose(notebook)
    for match in PICTURE.finditer(text):
        target = match[1] or match[2]
        if not re.match(r"https?:|data:|attachment:", target) and not (path.parent / target).exists():
            yield f"missing picture {target}"
        if re.match(r"(https?:)?//", target): yield f"picture {target} must be sent by another server"
    for target in re.findall(r"!\[\s*\]\(([^)\s]+)", text): yield f"picture {target} has no words for who cannot see it"


def outputs(path, notebook):
    "Stored outputs hold no warning, no error that was not asked for, nothing remote, and nothing that needs a kernel"
    for place, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                yield f"cell {place} stores an error, {output.ename}"
            if output.get("name") == "stderr" and (found := re.search(r"\w*Warning: .*", output.text)):
                yield f"cell {place} shows a warning, {found[0]}"
            data = output.get("data", {})
            if REMOTE.search("".join(data.get("text/html", ""))): yield f"cell {place} shows something that another server must send"
            live = any("widget-view" in kind or "plotly" in kind for kind in data)
            if live and not {"text/html", "image/png", "image/svg+xml"} & set(data):
                yield f"cell {place} shows something that needs a live kernel"


def descriptions(path, notebook):
    "Plotted figures have words for who cannot see them (`#| fig-alt:`), pictures in HTML an alt, drawings a label"
    for place, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            html = "".join(data.get("text/html", ""))
            if "image/png" in data and not html and not re.search(r"^#\s*\|\s*fig-alt:\s*\S", cell.source, re.M): yield f"cell {place} shows a figure without fig-alt"
            if any("alt=" not in tag for tag in re.findall(r"<img\b[^>]*>", html)): yield f"cell {place} shows a picture without alt"


def hidden_outputs(path, notebook):
    "A hidden cell shows nothing: what it shows would be missing on the site (`#| echo: false` keeps it)"
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.outputs and re.search(r"^#\s*\|\s*hide\s*$", cell.source, re.M): yield f"cell {place} is hidden, and what it shows is lost"


def table_width(html: str) -> int:
    "How many characters wide a table is at least, where every cell is wrapped at its spaces"
    widths: dict[int, int] = {}
    for row in re.findall(r"<tr.*?</tr>", html, re.S):
        for place, cell in enumerate(re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)):
            words = re.sub(r"<[^>]+>", " ", cell).split()
            widths[place] = max([widths.get(place, 0), *map(len, words)])
    return sum(width + 2 for width in widths.values())


def wide_tables(path, notebook):
    "A table is not wider than a page"
    for place, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            for table in re.findall(r"<table.*?</table>", "".join(output.get("data", {}).get("text/html", "")), re.S):
                if table_width(table) > WIDEST: yield f"cell {place} shows a table that is {table_width(table)} characters wide; {WIDEST} fit"


def public_methods(tree: ast.ClassDef) -> list[str]:
    "The names of a class's own public methods and properties that say what they do"
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_") and ast.get_docstring(node)]


def undocumented(function: ast.FunctionDef, lines: list[str]):
    "The parameters of a function without a comment beside them"
    arguments = function.args
    for param in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        same, above = lines[param.end_lineno - 1], lines[param.lineno - 2].lstrip()
        if param.arg not in ("self", "cls") and "#" not in same and not re.match(r"#(?!\s*\|)", above): yield param.arg


def exported_names(path, notebook):
    "Every public function, class and method that a page exports has a docstring and documented parameters"
    for cell in notebook.cells:
        if cell.cell_type != "code" or not re.search(r"^#\s*\|\s*export", cell.source, re.M): continue
        lines, body = cell.source.splitlines(), ast.parse(cell.source).body
        classes = [node for node in body if isinstance(node, ast.ClassDef)]
        functions = [node for owner in [body, *(c.body for c in classes)] for node in owner if isinstance(node, ast.FunctionDef)]
        for node in [*classes, *functions]:
            if node.name.startswith("_"): continue
            if not ast.get_docstring(node) and node.name not in PROTOCOL: yield f"{node.name} has no docstring"
            if isinstance(node, ast.ClassDef) or node.name in PROTOCOL: continue
            for name in undocumented(node, lines): yield f"{node.name}: parameter {name} is not documented"


def shows_more_than_it_exports(path, notebook):
    "A reference page has more cells that show or check something than cells that export; hidden ones do not count"
    cells = [c.source for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    exported = [s for s in cells if re.search(r"^#\s*\|\s*export", s, re.M)]
    shown = [s for s in cells if not re.search(r"^#\s*\|\s*(export|hide|default_exp)", s, re.M)]
    if re.match(r"\d\d_", path.name) and len(shown) <= len(exported): yield f"{len(exported)} cells export and only {len(shown)} show something"


CHECKS = [title_and_description, links, pictures, outputs, descriptions, hidden_outputs, wide_tables, exported_names, shows_more_than_it_exports]


def sidebar(nbs: Path):
    "The sidebar names every page, and only pages that are there"
    if not (nbs / "sidebar.yml").exists(): return
    named = set(re.findall(r"[\w/]+\.ipynb", (nbs / "sidebar.yml").read_text(encoding="utf-8")))
    there = {p.relative_to(nbs).as_posix() for p in pages(nbs)}
    yield from (f"sidebar.yml: {name} is not there" for name in sorted(named - there))
    yield from (f"sidebar.yml: {name} is not named" for name in sorted(there - named))


def public_names(notebook) -> list[str]:
    "The public functions and classes that a page exports, and the classes' own public methods that say what they do"
    names = []
    for cell in notebook.cells:
        if cell.cell_type != "code" or not re.search(r"^#\s*\|\s*exports?\b", cell.source, re.M): continue
        for node in ast.parse(cell.source).body:
            if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) or node.name.startswith("_"): continue
            names.append(node.name)
            if isinstance(node, ast.ClassDef): names += [f"{node.name}.{method}" for method in public_methods(node)]
    return names


def text_of(notebook) -> str:
    "What a prepared page says: its prose and its entries"
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown": parts.append("".join(cell.source))
        parts += ["".join(output.get("data", {}).get("text/markdown", "")) for output in cell.get("outputs", [])]
    return "\n\n".join(parts)


def prepared(folder: Path, nbs: Path, site: str):
    "What is wrong with the pages that were prepared from the notebooks of `nbs`"
    texts, homes = {}, {}
    for path in pages(folder):
        notebook = nbformat.read(path, as_version=4)
        front = re.search(r"^output-file: (\S+)", "\n".join("".join(c.source) for c in notebook.cells if c.cell_type == "raw"), re.M)
        name = path.relative_to(folder)
        homes[name.as_posix()] = name.with_name(front[1]).as_posix() if front else name.with_suffix(".html").as_posix()
        texts[name.as_posix()] = text_of(notebook)
        for cell in notebook.cells:
            if "show_doc(" in cell.source and not any("text/markdown" in o.get("data", {}) for o in cell.get("outputs", [])):
                yield f"{name}: the entry of {cell.source.strip().splitlines()[-1]} could not be made"
    for path in [*folder.rglob("*.md"), *folder.glob("llms.txt")]:
        name = path.relative_to(folder).as_posix()
        homes[name], texts[name] = name.replace(".md", ".html"), path.read_text(encoding="utf-8")
    ids = {homes[name]: headings(text) for name, text in texts.items()}
    for name, text in texts.items():
        fences = re.findall(r"^```python\n(.*?)^```", text, re.S | re.M)
        if any("](" in code or "Annotated[" in code for code in fences): yield f"{name}: a signature shows a raw link or Annotated"
        plain = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
        if re.search(r"^\s*(Args|Returns|Raises):\s*$", plain, re.M): yield f"{name}: a docstring's sections run together"
        if re.search(r"\[\[`[^`]+`\]\([^)]*\)\]\(", plain): yield f"{name}: a link stands in a link"
        for entry, row in re.findall(r"^#+ (\S+) \{#[^}]+\}|^\| <code>([^<]+)</code> \|\s*\|$", plain, re.M):
            if entry: last = entry
            elif last.rpartition(".")[2] not in PROTOCOL: yield f"{name}: {row} of {last} is not documented"
        for target in LINK.findall(re.sub(r"(?<![\[`])`[^`\n]*`(?!\])", "", plain)):
            if target.startswith(site): page = target.removeprefix(site).lstrip("/") or "index.html"
            elif re.match(r"[a-z]+:", target): continue
            else:
                other, _, part = target.partition("#")
                where = os.path.normpath(Path(name).parent / other) if other else name
                page = f"{homes.get(where, where)}#{part}" if part else homes.get(where, where)
            page, _, part = page.partition("#")
            if page in ids and part and part not in ids[page]: yield f"{name}: no heading or entry for {target}"
            elif page.endswith((".html", ".ipynb")) and page not in ids: yield f"{name}: {target} is no page"
    for path in pages(nbs):
        name = path.relative_to(nbs).as_posix()
        shown = re.findall(r"^#+ (\S+) \{#([^}]+)\}", texts.get(name, ""), re.M)
        entries, taken = Counter(entry for entry, anchor in shown if not anchor.startswith("about-")), Counter(headings(texts.get(name, "")))
        for public in public_names(nbformat.read(path, as_version=4)):
            if entries[public] != 1: yield f"{name}: {public} has {entries[public] or 'no'} entr{'ies' if entries[public] > 1 else 'y'}"
        for anchor in {anchor for _, anchor in shown if taken[anchor] > 1}: yield f"{name}: {taken[anchor]} headings have the anchor {anchor}"


def site_problems(root: Path) -> list[str]:
    "What is wrong with the pages of the repository once they are prepared"
    config = ConfigParser(delimiters=["="])
    config.read(root / "settings.ini", encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".git", ".venv*", "_proc", "_docs", "__pycache__", "space"))
        done = subprocess.run([sys.executable, "tools/docs.py", "--prepare"], cwd=copy, capture_output=True, text=True)
        if done.returncode or "Error" in done.stderr: return [f"the pages could not be prepared: {done.stderr.strip()[-1500:]}"]
        return list(prepared(copy / "_proc", copy / "nbs", config["DEFAULT"]["doc_host"] + config["DEFAULT"]["doc_baseurl"]))


def problems(nbs: Path) -> list[str]:
    "Everything that is wrong with the pages below `nbs`, a sentence each"
    found = list(sidebar(nbs))
    for path in pages(nbs):
        notebook = nbformat.read(path, as_version=4)
        found += [f"{path.relative_to(nbs)}: {problem}" for check in CHECKS for problem in check(path, notebook)]
    return found


if __name__ == "__main__":
    found = problems(ROOT / "nbs") + site_problems(ROOT)
    print("\n".join(found) or "The pages are whole.")
    sys.exit(bool(found))
