"""What the documentation site needs to be whole, checked without Quarto: `python tools/check_docs.py`.

Every page is looked at for its title and description, links, pictures, errors in stored outputs, outputs that only a
live kernel or somebody else's server could show, and the documentation of what it exports. Then all pages are
prepared as nbdev prepares them for Quarto, and the doclinks that nbdev made are followed.
"""
import ast
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
PICTURE = re.compile(r"!\[[^\]]*\]\(\s*([^)\s]+)|<img[^>]+src=[\"']([^\"']+)")
REMOTE = re.compile(r"<(?:script|link|iframe|img)\b[^>]+(?:src|href)=[\"']?(?:https?:)?//")
# Methods whose parameters somebody else's protocol fixes: scikit-learn's, requests' and the standard library's.
PROTOCOL = {"fit", "transform", "predict", "fit_transform", "get_feature_names_out", "send", "filter", "readinto", "fileno"}


def pages(nbs: Path) -> list[Path]:
    "Every notebook below a folder"
    return sorted(p for p in nbs.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)


def prose(notebook) -> str:
    "The markdown of a page, code examples left out"
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.sub(r"```.*?```", "", text, flags=re.S)


def anchors(notebook) -> set[str]:
    "The anchors that Quarto makes of a page's headings"
    headings = re.findall(r"^#+\s+(.*?)\s*(?:\{.*\})?$", prose(notebook), re.M)
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s.-]", "", h.lower()).strip()) for h in headings}


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
    for target in re.findall(r"!\[\s*\]\(([^)\s]+)", text): yield f"picture {target} has no words for who cannot see it"


def outputs(path, notebook):
    "Stored outputs hold no error that was not asked for, nothing remote, and nothing that needs a kernel"
    for place, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                yield f"cell {place} stores an error, {output.ename}"
            data = output.get("data", {})
            if REMOTE.search("".join(data.get("text/html", ""))): yield f"cell {place} shows something that another server must send"
            live = any("widget-view" in kind or "plotly" in kind for kind in data)
            if live and not {"text/html", "image/png", "image/svg+xml"} & set(data):
                yield f"cell {place} shows something that needs a live kernel"


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


CHECKS = [title_and_description, links, pictures, outputs, exported_names, shows_more_than_it_exports]


def sidebar(nbs: Path):
    "The sidebar names every page, and only pages that are there"
    if not (nbs / "sidebar.yml").exists(): return
    named = set(re.findall(r"[\w/]+\.ipynb", (nbs / "sidebar.yml").read_text(encoding="utf-8")))
    there = {p.relative_to(nbs).as_posix() for p in pages(nbs)}
    yield from (f"sidebar.yml: {name} is not there" for name in sorted(named - there))
    yield from (f"sidebar.yml: {name} is not named" for name in sorted(there - named))


def doclinks(root: Path):
    "nbdev can prepare every page, and each doclink that it makes leads to a page of the site"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".git", ".venv*", "_proc", "_docs", "__pycache__", "space"))
        code = "from nbdev.serve import proc_nbs; proc_nbs(force=True, n_workers=0)"
        done = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True)
        if done.returncode or "Error" in done.stderr: yield f"nbdev could not prepare the pages: {done.stderr.strip()[-1500:]}"
        homes, found = {}, {}
        for path in sorted((copy / "_proc").rglob("*.ipynb")):
            source = "\n".join("".join(c.source) for c in nbformat.read(path, as_version=4).cells)
            front = re.search(r"^output-file: (\S+)", source, re.M)
            homes[front[1] if front else f"{path.relative_to(copy / '_proc').with_suffix('.html').as_posix()}"] = path
            found[path.name] = re.findall(r"\[`[^`]+`\]\(https?://[^/]+/movie_recsys/([\w/.-]+\.html)(?:#[\w.]+)?\)", source)
        for name, targets in found.items():
            yield from (f"{name}: a doclink to {target}, which is no page" for target in targets if target not in homes)


def problems(nbs: Path) -> list[str]:
    "Everything that is wrong with the pages below `nbs`, a sentence each"
    found = list(sidebar(nbs))
    for path in pages(nbs):
        notebook = nbformat.read(path, as_version=4)
        found += [f"{path.relative_to(nbs)}: {problem}" for check in CHECKS for problem in check(path, notebook)]
    return found


if __name__ == "__main__":
    found = problems(ROOT / "nbs") + list(doclinks(ROOT))
    print("\n".join(found) or "The pages are whole.")
    sys.exit(bool(found))
