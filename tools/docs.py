"""The documentation site: pages as nbdev prepares them, entries as we want them, rendered by Quarto into _docs.

`python tools/docs.py` makes the site, `python tools/docs.py --prepare` stops before Quarto. nbdev does the work; what
differs is here. An entry has a table of parameters that wraps instead of comments that scroll, every public method of
a class has an entry behind its class (or where a page asks for it with `show_doc(Class.method)`), nothing in the
working tree is written but _proc and _docs, and no page asks another server for anything.
"""
import ast
import inspect
import re
import shutil
import subprocess
import sys
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from textwrap import dedent
from typing import Annotated, get_args, get_origin

import nbdev.doclinks
import nbdev.processors
import nbdev.quarto
import nbdev.serve
import nbdev.showdoc
from execnb.nbio import mk_cell
from fastcore.docments import docments
from nbdev.config import get_config
from nbdev.doclinks import NbdevLookup
from nbdev.process import Processor

from check_docs import headings, public_methods
from shell import Shell

ROOT = Path(__file__).resolve().parents[1]
BASES = {"object", "dict", "tuple", "NamedTuple", "TypedDict", "BaseModel"}  # what a reader need not know of a class
GOOGLE = re.compile(r"^\s*(Args|Returns|Raises):\s*$", re.M)
CLASSES: dict[str, str] = {}  # the source of each class of the page at hand: Python knows it of functions, not of classes of a notebook
MODULE = [""]  # the module that the page at hand exports
MAIN = "MovieRecommender"  # whose methods share names with functions of the app and the command


def sections(docstring: str) -> tuple[str, dict[str, str]]:
    "A docstring without its `Args:`, and what that says of each parameter"
    head, *rest = GOOGLE.split(inspect.cleandoc(docstring or ""))
    lines, told = dict(zip(rest[::2], rest[1::2])).get("Args", "").splitlines(), {}
    for line in filter(str.strip, lines):
        new = re.match(r"\s*\**(\w+):\s+(.*)", line)
        if new: told[name := new[1]] = new[2]
        else: told[name] += f" {line.strip()}"
    return head.strip(), told


@cache
def source_of(symbol) -> str:
    "The definition of a class or a function, as written"
    return CLASSES[symbol.__name__] if inspect.isclass(symbol) and symbol.__name__ in CLASSES else dedent(inspect.getsource(symbol))


@cache
def tree_of(symbol) -> ast.ClassDef | ast.FunctionDef:
    "The same, parsed"
    return ast.parse(source_of(symbol)).body[0]


def fields(cls) -> list[tuple[str, str, str]]:
    "The annotated fields of a class: name, `name: type = default`, meaning"
    source, found = source_of(cls), []
    lines = source.splitlines()
    for node in ast.parse(source).body[0].body:
        if not isinstance(node, ast.AnnAssign) or node.target.id.startswith("_"): continue
        beside = lines[node.end_lineno - 1][node.end_col_offset:].partition("#")[2].strip()
        above = re.search(r"(?:^\s*#.*\n)*\Z", "\n".join([*lines[:node.lineno - 1], ""]), re.M)[0]
        value, told = node.value, ""
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "Field":
            told = next((ast.literal_eval(k.value) for k in value.keywords if k.arg == "description"), "")
            value = value.args[0] if value.args else None
        elif isinstance(value, ast.Call) and ast.unparse(value.func) == "field":
            given = {k.arg: k.value for k in value.keywords}
            value = given.get("default") or (ast.parse(f"{ast.unparse(given['default_factory'])}()").body[0].value if "default_factory" in given else None)
        default = f" = {ast.unparse(value)}" if value and len(ast.unparse(value)) < 40 else ""
        found.append((node.target.id, f"{node.target.id}: {ast.unparse(node.annotation)}{default}", told or beside or " ".join(above.replace("#", " ").split())))
    return found


def constructor(cls):
    "The `__init__` that a class writes itself, or None"
    methods = {node.name for node in tree_of(cls).body if isinstance(node, ast.FunctionDef)}
    return cls.__init__ if "__init__" in methods else None


def bare(annotation: str, value) -> tuple[str, str]:
    "An annotation without `Annotated`, and the help that stood in it"
    if get_origin(value) is not Annotated: return annotation, ""
    kind, *more = get_args(value)
    text = inspect.formatannotation(kind).replace("pathlib._local.", "").replace("pathlib.", "")
    return text, next((extra.help for extra in more if getattr(extra, "help", None)), "")


class Lookup(NbdevLookup):
    """Where a name in backticks leads: what the page itself calls so, else the method of the main class, and never to what has no entry.

    A plain word that only another page defines is no link: `because` is a column more often than a function."""
    @cached_property
    def ours(self) -> list[str]:
        "The full names of this package"
        return [full for full in self.syms if full.startswith("movie_recsys.")]

    def like(self, pattern: str) -> list[str]:
        "Those that a pattern describes"
        return list(filter(re.compile(pattern).fullmatch, self.ours))

    def full(self, name: str) -> str | None:
        "The full name of what is meant, where it is of this package and has an entry"
        if any(part.startswith("_") for part in name.split(".")): return None
        if f"{MODULE[0]}.{name}" in self.syms: return f"{MODULE[0]}.{name}"
        places = self.like(rf"movie_recsys\.\w+\.{re.escape(name)}")
        if "." in name or not places: return places[0] if places else None
        here = self.like(rf"{re.escape(MODULE[0])}\.[A-Z]\w*\.{re.escape(name)}")
        main = [full for full in self.ours if full.endswith(f".{MAIN}.{name}")]
        meant = here or main or ([] if re.fullmatch("[a-z]+", name) else places)
        return meant[0] if len(meant) == 1 else None

    def anchor(self, full: str) -> str:
        "The anchor of an entry: nbdev's, in small letters; where a function is called like a class but for the capital, the class says so"
        name = full.split(".", 2)[-1]
        twins = [other for other in self.ours if other.lower() == full.lower()]
        return name.lower() + "-class" * (len(twins) > 1 and name[0].isupper())

    def __getitem__(self, name: str):
        full = self.full(name)
        if not full: return None if self.like(rf"movie_recsys\.\w+\.{re.escape(name)}") else super().__getitem__(name)
        page, *rest = self.syms[full]
        return f"{page.partition('#')[0]}#{self.anchor(full)}", *rest

    def link_line(self, l: str) -> str:
        "A line with its names linked; what is a link already stays as it is"
        return re.sub(rf"(\[[^\[\]]*\]\([^)]*\))|{nbdev.doclinks._re_backticks.pattern}",
                      lambda found: found[0] if found[1] else super(Lookup, self).link_line(found[0]), l)

    def code(self, full: str) -> str | None:
        "Where the source of a full name stands"
        if full not in self.syms: return None
        _, file, address = self.syms[full]
        line = nbdev.doclinks._lineno(full.split(".", 2)[-1], file)
        return f"{address}#L{line}" if line else address


@cache
def lookup() -> Lookup:
    "The one for all pages: which names there are does not change from page to page"
    return Lookup()


class Entry(nbdev.showdoc.BasicMarkdownRenderer):
    "A name's entry: what it is called with, what it does, a row per parameter, what comes back, what is raised"
    def __init__(self, symbol, name: str | None = None, title_level: int = 3):
        if isinstance(symbol, (cached_property, property)): symbol, self.kind = getattr(symbol, "func", None) or symbol.fget, "property"
        else: self.kind, symbol = ("class", symbol) if inspect.isclass(symbol) else ("function", inspect.unwrap(symbol))
        self.symbol, self.nm = symbol, name or symbol.__qualname__
        self.called = self.kind == "class" and constructor(symbol) or symbol
        self.title_level = title_level + (title_level == 3 and "." in self.nm)

    def parameters(self) -> tuple[list[str], list[tuple[str, str]]]:
        "What the signature says of each parameter, and the rows of the table"
        symbol = self.called
        if inspect.isclass(symbol):
            found = fields(symbol)
            return [written for _, written, _ in found], [(name, text) for name, _, text in found]
        arguments, comments = tree_of(symbol).args, docments(symbol, returns=False, args_kwargs=True)
        _, told = sections(inspect.getdoc(self.symbol))
        written, rows = [], []
        try: values = inspect.signature(symbol, eval_str=True).parameters
        except NameError: values = inspect.signature(symbol).parameters
        places = [*arguments.posonlyargs, *arguments.args]
        defaults = [None] * (len(places) - len(arguments.defaults)) + arguments.defaults
        starred = [("*" + a.arg, a, None) for a in [arguments.vararg] if a] or ([("*", None, None)] if arguments.kwonlyargs else [])
        keywords = [(a.arg, a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults)]
        rest = [("**" + a.arg, a, None) for a in [arguments.kwarg] if a]
        for shown, node, default in [*((a.arg, a, d) for a, d in zip(places, defaults)), *starred, *keywords, *rest]:
            if shown in ("self", "cls"): continue
            if node is None:
                written.append(shown)
                continue
            value = values[node.arg] if node.arg in values else None
            kind, helped = bare(ast.unparse(node.annotation), value and value.annotation) if node.annotation else ("", "")
            plain = ast.unparse(default) if default is not None else ""
            if isinstance(default, (ast.Name, ast.Attribute)) and value is not None and len(repr(value.default)) < 30: plain = repr(value.default)
            written.append(f"{shown}{': ' * bool(kind)}{kind}{' = ' * bool(plain and kind) or '=' * bool(plain)}{plain}")
            inner = get_args(value.annotation) if value is not None and kind.startswith("Unpack") else ()
            rows.append((shown, helped or told.get(node.arg) or comments.get(node.arg) or "any of these:" * bool(inner)))
            if inner: rows += [(name, text) for name, _, text in fields(inner[0])]
        return written, rows

    def returned(self) -> tuple[str, str]:
        "The type that comes back, and what it is"
        node = tree_of(self.symbol)
        if self.kind == "class" or node.returns is None: return "", ""
        return ast.unparse(node.returns).strip("'"), str(docments(self.symbol, args_kwargs=True).get("return") or "")

    def raised(self) -> list[str]:
        "The errors that its own lines raise"
        if inspect.isclass(self.called): return []
        nodes = ast.walk(tree_of(self.called))
        names = [n.exc.func.id for n in nodes if isinstance(n, ast.Raise) and isinstance(n.exc, ast.Call) and isinstance(n.exc.func, ast.Name)]
        return [name for name in dict.fromkeys(names) if not name.startswith("_")]

    def signature(self, written: list[str], comes: str) -> str:
        "One line where it fits, else a line per parameter"
        if self.kind == "property": return f"{self.nm}{': ' * bool(comes)}{comes}"
        name, arrow = self.nm, f" -> {comes}" * bool(comes)
        if inspect.isclass(self.called) and not written: return f"class {name}"
        short = f"{name}({', '.join(written)}){arrow}"
        return short if len(short) <= 80 else "\n".join([f"{name}(", *(f"    {w}," for w in written), f"){arrow}"])

    def _repr_markdown_(self) -> str: return self.markdown  # which IPython and execnb ask for, one after the other

    @cached_property
    def markdown(self) -> str:
        "The entry, as Quarto reads it"
        comes, meaning = self.returned()
        written, rows = self.parameters()
        home = MODULE[0] if self.symbol.__module__ == "__main__" else self.symbol.__module__
        source = lookup().code(f"{home}.{self.symbol.__qualname__}")
        said = sections(inspect.getdoc(self.symbol) if self.kind != "class" else self.symbol.__doc__)[0]
        parts = ["---"]
        if source: parts.append(f'[source]({source}){{.source target="_blank"}}')
        parts += [f"{'#' * self.title_level} {self.nm} {{#{lookup().anchor(f'{home}.{self.symbol.__qualname__}')}}}", f"```python\n{self.signature(written, comes)}\n```", said]
        bases = [ast.unparse(b) for b in tree_of(self.symbol).bases if ast.unparse(b) not in BASES] if self.kind == "class" else []
        if bases: parts.append(f"A kind of {', '.join(f'`{b}`' for b in bases)}.")
        if rows:
            head = "Field" if inspect.isclass(self.called) else "Parameter"
            cells = [f"| <code>{name}</code> | {' '.join(text.split()).replace('|', chr(92) + '|')} |" for name, text in rows]
            parts.append("\n".join([f"| {head} | Meaning |", "|:--|:------|", *cells, "", ": {.parameters}"]))
        if self.kind != "property" and comes not in ("", "None"): parts.append(f"**Returns** `{comes}`{': ' * bool(meaning)}{meaning}")
        errors = [e for e in self.raised() if f"`{e}`" not in said]
        if errors: parts.append(f"**Raises** {', '.join(f'`{e}`' for e in errors)}")
        return "\n\n".join(part for part in parts if part)

    def __repr__(self) -> str: return f"{self.nm}: {sections(inspect.getdoc(self.symbol))[0]}"


class MethodEntries(Processor):
    "Entries in the order of the source, and behind that of a class one for each public method that the page does not show elsewhere"
    def begin(self):
        named = [cell.directives_["default_exp"] for cell in self.nb.cells if "default_exp" in (getattr(cell, "directives_", None) or {})]
        MODULE[0] = f"movie_recsys.{named[0][0]}" if named else ""
        shown = {name for cell in self.nb.cells for name in re.findall(r"^show_doc\(([\w.]+)", cell.source or "", re.M) if cell.cell_type == "code"}
        found = [(node, cell.source) for cell in self.nb.cells if nbdev.processors._want_doc(cell)
                 for node in cell.parsed_() or [] if isinstance(node, ast.ClassDef)]
        classes = {node.name: node for node, _ in found}
        CLASSES.clear()
        CLASSES.update({node.name: "\n".join(source.splitlines()[node.lineno - 1:node.end_lineno]) for node, source in found})
        cells = []
        for made, run in groupby(self.nb.cells, key=lambda cell: bool(getattr(cell, "has_sd", 0))): cells += reversed(list(run)) if made else run
        self.nb.cells = cells
        places = {}  # behind which cell the entries of a class's methods come: that of the class, or the last that the page has itself
        for place, cell in enumerate(self.nb.cells):
            match = re.match(r"show_doc\((\w+)[.,)]", cell.source or "") if cell.cell_type == "code" else None
            if match and match[1] in classes and not (match[1] in places and getattr(self.nb.cells[places[match[1]]], "has_sd", 0)): places[match[1]] = place
        for name, place in sorted(places.items(), key=lambda pair: -pair[1]):
            names = [f"{name}.{method}" for method in public_methods(classes[name])]
            self.nb.cells[place + 1:place + 1] = [self.entry(method) for method in names if method not in shown]
        for place, cell in enumerate(self.nb.cells): cell.idx_ = place

    def entry(self, name: str):
        "A cell that shows the entry of a name"
        cell = mk_cell(f"show_doc({name})")
        cell.has_sd, cell.directives_ = True, {}
        return cell


def start(module: str) -> str:
    "Which names of a page are what a user starts from, and how they are imported; empty where there are none"
    from movie_recsys import _HOME
    names = [name for name, home in _HOME.items() if f"movie_recsys.{home}" == module]
    return f"What most people need of this page: {', '.join(f'`{name}`' for name in names)}, with `from movie_recsys import {', '.join(names)}`." if names else ""


class StartHere(Processor):
    "Behind the first words of a page that defines names that a user starts from: which they are, for helpers are told before them"
    def begin(self):
        words = [place for place, cell in enumerate(self.nb.cells) if cell.cell_type == "markdown" and not cell.source.startswith("<!--")]
        if not words or not start(MODULE[0]): return
        self.nb.cells.insert(words[0] + 1, mk_cell(start(MODULE[0]), "markdown"))
        self.nb.cells[words[0] + 1].directives_ = {}
        for place, cell in enumerate(self.nb.cells): cell.idx_ = place


class OneAnchor(Processor):
    "A heading of the page that is called like an entry leaves the entry its anchor"
    def begin(self):
        entries = {name.lower() for cell in self.nb.cells for name in re.findall(r"show_doc\(([\w.]+)", cell.source or "") if cell.cell_type == "code"}
        for cell in self.nb.cells:
            if cell.cell_type != "markdown": continue
            for anchor in entries & set(headings(cell.source)): cell.source = re.sub(rf"^(#+ +(?:\[?`?){anchor}(?:`?(?:\]\(.*\))?)) *$", rf"\1 {{#about-{anchor}}}", cell.source, flags=re.M | re.I)


class NoWidgets(Processor):
    "Drop the state of widgets: nothing on the site is live, and Quarto would ask a server for their scripts"
    def begin(self): self.nb.metadata.pop("widgets", None)


class Pages(nbdev.processors.FilterDefaults):
    "nbdev's own processors, and the four above"
    def base_procs(self):
        procs = super().base_procs()
        entries, links = procs.index(nbdev.processors.add_show_docs) + 1, procs.index(nbdev.processors.add_links)
        return [*procs[:entries], MethodEntries, *procs[entries:links], StartHere, *procs[links:], OneAnchor, NoWidgets]


def prepare(root: Path = ROOT) -> Path:
    "Every page as Quarto gets it, in _proc"
    sys.path.insert(0, str(root))
    nbdev.showdoc.BasicMarkdownRenderer, nbdev.serve.FilterDefaults, nbdev.processors.NbdevLookup = Entry, Pages, lookup
    nbdev.processors.CaptureShell = Shell
    folder = nbdev.serve.proc_nbs(force=True, n_workers=0)
    config = get_config()
    facts = {name: config[name] for name in ("title", "description", "branch", "git_url", "doc_host", "doc_baseurl")}
    (folder / "nbdev.yml").write_text(nbdev.quarto._nbdev_yml.format(**facts, doc_path=config.doc_path.name), encoding="utf-8")
    return folder


LOADED = re.compile(r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*\b(?:src|href)=[\"']((?:https?:)?//[^\"']+)[\"'][^>]*>|"
                    r"@import\s+(?:url\()?[\"']?((?:https?:)?//[^\"');]+)|url\([\"']?((?:https?:)?//[^\"')]+)")
UNUSED = re.compile(r"\s*<script\b[^>]*\bsrc=[\"'](?:https?:)?//[^\"']*/(?:requirejs@|require\.js|jquery@|jquery/)[^\"']*[\"'][^>]*></script>"
                    r"|\s*<script\b[^>]*>\s*define\('jquery',.*?</script>", re.S)


def without_unused_scripts(html: str) -> str:
    "A page without require.js and jQuery, which Quarto adds to every notebook and nothing here uses"
    return UNUSED.sub("", html)


def asked_of_others(text: str) -> list[str]:
    "The addresses that a page or a stylesheet would load from another server when it is opened"
    named = re.compile(r"<link\b[^>]*\brel=[\"'](?:canonical|alternate|next|prev|author|license)[\"'][^>]*>")
    return [next(filter(None, match)) for match in LOADED.findall(named.sub("", text))]


def finish(site: Path) -> list[str]:
    "Clean what Quarto made; returns what still asks another server for something"
    found = []
    for path in sorted(p for p in site.rglob("*") if p.suffix in (".html", ".css")):
        text = before = path.read_text(encoding="utf-8")
        if path.suffix == ".html": text = without_unused_scripts(text)
        if text != before: path.write_text(text, encoding="utf-8")
        found += [f"{path.relative_to(site)} loads {address}" for address in asked_of_others(text)]
    return found


def main() -> None:
    "Prepare, render, clean"
    folder, site = prepare(), ROOT / "_docs"
    if "--prepare" in sys.argv: return
    subprocess.run(["quarto", "render", "--no-cache"], cwd=folder, check=True)
    shutil.rmtree(site, ignore_errors=True)
    shutil.move(folder / site.name, site)
    found = finish(site)
    sys.exit("\n".join(["The site is made, but it is not on its own:", *found]) if found else 0)


if __name__ == "__main__": main()
