"""What the documentation site needs to be whole, checked without Quarto: `python tools/check_docs.py`.

Pages are prepared as nbdev prepares them for Quarto, and then looked at: title and description, links, pictures,
errors in stored outputs, documentation of every exported name, doclinks, and outputs that only a live kernel or
somebody else's server could show.
"""
import ast
import re
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
PICTURE = re.compile(r"!\[[^\]]*\]\(\s*([^)\s]+)|<img[^>]+src=[\"']([^\"']+)")
REMOTE = re.compile(r"<(?:script|link|iframe)[^>]+(?:src|href)=[\"']?(?:https?:)?//")


def prose(notebook) -> str:
    "The markdown of a page, code examples left out"
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.sub(r"```.*?```", "", text, flags=re.S)


def anchors(notebook) -> set[str]:
    "The anchors that Quarto makes of a page's headings"
    plain = [re.sub(r"[^\w\s-]", "", h.lower()) for h in re.findall(r"^#+\s+(.*)$", prose(notebook), re.M)]
    return {re.sub(r"\s+", "-", h.strip()) for h in plain}


def title_and_description(path, notebook):
    "A page starts with an H1 and a line of description"
    first = next((c.source for c in notebook.cells if c.cell_type == "markdown"), "")
    if not re.match(r"#\s+\S.*\n+>\s+\S", first): yield "no title with a > line of description in its first markdown cell"


def links(path, notebook):
    "Links to files of this repository lead somewhere, and so do their anchors"
    for target in LINK.findall(re.sub(r"`[^`]*`", "", prose(notebook))):
        if re.match(r"[a-z]+:", target): continue
        name, _, anchor = target.partition("#")
        other = (path.parent / name).resolve() if name else path
        if not other.exists(): yield f"dead link {target}"
        elif anchor and other.suffix == ".ipynb" and anchor not in anchors(nbformat.read(other, as_version=4)):
            yield f"no heading for {target}"


def pictures(path, notebook):
    "Pictures are in the repository or in the page itself, and say what they show"
    for match in PICTURE.finditer(prose(notebook)):
        target = match[1] or match[2]
        if not re.match(r"https?:|data:|attachment:", target) and not (path.parent / target).exists():
            yield f"missing picture {target}"
    for alt in re.findall(r"!\[\s*\]\(([^)\s]+)", prose(notebook)): yield f"picture {alt} has no text for who cannot see it"


def outputs(path, notebook):
    "Stored outputs hold no error that was not asked for, nothing remote, and nothing that needs a kernel"
    for place, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                yield f"cell {place}: a stored error, {output.ename}"
            data = output.get("data", {})
            if REMOTE.search("".join(data.get("text/html", ""))): yield f"cell {place}: output that loads from another server"
            if any("widget-view" in kind or "plotly" in kind for kind in data) and not {"text/html", "image/png", "image/svg+xml"} & set(data):
                yield f"cell {place}: output that only a live kernel can show"


def exported_names(path, notebook):
    "Every public function and class that a page exports has a docstring, and its parameters are documented"
    for cell in notebook.cells:
        if cell.cell_type != "code" or not re.search(r"^#\s*\|\s*export", cell.source, re.M): continue
        lines = cell.source.splitlines()
        for node in ast.walk(ast.parse(cell.source)):
            if not isinstance(node, (ast.FunctionDef, ast.ClassDef)) or node.name.startswith("_"): continue
            if not ast.get_docstring(node): yield f"{node.name} has no docstring"
            if isinstance(node, ast.ClassDef) or node not in ast.parse(cell.source).body and False: continue
            params = [a for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs] if a.arg not in ("self", "cls")]
            for param in params:
                around = lines[param.lineno - 1] + (lines[param.lineno - 2] if lines[param.lineno - 2].lstrip().startswith("#") else "")
                if "#" not in around and not public_exempt(node): yield f"{node.name}: parameter {param.arg} is not documented"


def public_exempt(node) -> bool:
    "Whether a function is nested in another or decorated as scikit-learn's own protocol, whose parameters are known"
    return node.name in {"fit", "transform", "predict", "fit_transform", "get_feature_names_out"}


CHECKS = [title_and_description, links, pictures, outputs, exported_names]


def doclinks(prepared: Path, known: set[str]):
    "Doclinks that nbdev made lead to a page of this site, and names written as ours exist"
    for path in sorted(prepared.rglob("*.ipynb")):
        text = prose(nbformat.read(path, as_version=4))
        for name in re.findall(r"`(movie_recsys\.[\w.]+)`", text):
            if name.removesuffix("()") not in known: yield f"{path.relative_to(prepared)}: `{name}` is no name of the library"


def problems(nbs: Path = ROOT / "nbs") -> list[str]:
    "Everything that is wrong with the pages below `nbs`, one sentence each"
    found = []
    for path in sorted(p for p in nbs.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts):
        notebook = nbformat.read(path, as_version=4)
        found += [f"{path.relative_to(nbs)}: {problem}" for check in CHECKS for problem in check(path, notebook)]
    return found


if __name__ == "__main__":
    found = problems()
    print("\n".join(found) or "The pages are whole.")
    sys.exit(bool(found))
