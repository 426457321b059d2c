"""Run notebooks in place with a real kernel, then clean them: `python tools/run_notebooks.py [--flags slow,live] [PATH ...]`.

Cells marked `#| eval: false`, or with a flag of `tst_flags` in settings.ini that was not asked for, are left
as they stand, outputs included: a page whose data is absent keeps the results it has. The flag `kaggle` is
asked for by itself where the development data is found.
"""
import argparse
import re
import subprocess
import sys
import time
from configparser import ConfigParser
from pathlib import Path

import nbformat
from nbclient import NotebookClient

LIVE_VIEW = "application/vnd.jupyter.widget-view+json"
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def test_flags() -> set[str]:
    "The flags that mark cells which do not run everywhere"
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    return set(config["DEFAULT"]["tst_flags"].split())


def directives(source: str) -> set[str]:
    "The nbdev directives of a cell, such as {'export'} or {'eval: false'}"
    return {re.sub(r"\s+", " ", d.strip()) for d in re.findall(r"^#\s*\|(.*)$", source, re.M)}


class Client(NotebookClient):
    "An nbclient that leaves cells with one of `skip` among their directives as they are"
    skip: set[str] = set()

    async def async_execute_cell(self, cell, cell_index, **kwargs):
        if cell.cell_type == "code" and directives(cell.source) & (self.skip | {"eval: false"}): return cell
        return await super().async_execute_cell(cell, cell_index, **kwargs)


def steady(cell) -> None:
    "Names its tables after the cell, where pandas draws a name by chance: the same notebook gives the same file"
    for k, output in enumerate(cell.outputs):
        if html := output.get("data", {}).get("text/html"):
            output["data"]["text/html"] = re.sub(r"\bT_[0-9a-f]{5}(?=[_\"\s])", f"T_{cell.id[:5]}{k}", html)


def run(path: Path, skip: set[str]) -> float:
    "Execute one notebook in place; returns the seconds it took"
    start, notebook = time.time(), nbformat.read(path, as_version=4)
    client = Client(notebook, timeout=1800, kernel_name="python3", store_widget_state=False,
                    resources={"metadata": {"path": str(path.parent)}})
    client.skip = skip
    client.execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code": cell.metadata.pop("execution", None)
        if cell.cell_type == "code" and cell.source.startswith("show_doc("): cell.outputs = []  # made anew for the site
        if cell.cell_type == "code":  # only a live kernel can show a widget; its still picture stays
            cell.outputs = [output for output in cell.outputs if LIVE_VIEW not in output.get("data", {})]
            steady(cell)
    nbformat.write(notebook, path)
    return time.time() - start


def main() -> None:
    "Run what was asked for, or everything below nbs/"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--flags", default="", help="flags of settings.ini whose cells are run as well, by comma")
    args = parser.parse_args()
    from movie_recsys.data import dev_data
    asked = set(filter(None, args.flags.split(","))) | ({"kaggle"} if dev_data() else set())
    paths = args.paths or sorted(p for p in (ROOT / "nbs").rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
    for path in paths:
        print(f"{path} ...", end=" ", flush=True)
        print(f"{run(path, test_flags() - asked):.1f} s", flush=True)
        subprocess.run([sys.executable, "-c", "from nbdev.clean import nbdev_clean; nbdev_clean()",
                        "--fname", str(path.resolve())], check=True, cwd=ROOT)


if __name__ == "__main__": main()
