"""All measurements of speed and memory in one run: `make bench`, or `python benchmarks/bench.py --sizes 41000`.

Writes benchmarks/results.json and results.md. Every figure that matters is a ratio against a named alternative,
measured by turns in the same run; the interval is from the quartiles of the paired ratios.
"""
import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import distribution, version
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import answers  # noqa: E402
import api  # noqa: E402
import earlier  # noqa: E402
import likes  # noqa: E402
import load as load_test  # noqa: E402
import scale  # noqa: E402
import tmdb_made  # noqa: E402


def stage(name: str, table: Path, cache: Path) -> dict:
    "Run one stage in a process of its own; its answer with the whole process's seconds"
    start = time.perf_counter()
    done = subprocess.run([sys.executable, HERE / "stage.py", name, table], capture_output=True, text=True,
                          env={**os.environ, "MOVIE_RECSYS_CACHE": str(cache)})
    if done.returncode: raise RuntimeError(f"{name} on {table.name}: {done.stderr[-2000:]}")
    return {"process": time.perf_counter() - start, **json.loads(done.stdout.splitlines()[-1])}


def row(what: str, films: int, ours, other, against: str, memory: float | None = None) -> dict:
    "One line of the table: seconds of both, and how many times longer the other takes"
    ours, other = np.atleast_1d(ours).astype(float), np.atleast_1d(other).astype(float)
    n = min(len(ours), len(other))
    ratio = other[:n] / ours[:n]
    low, middle, high = np.quantile(ratio, [.25, .5, .75])
    return {"what": what, "films": films, "seconds": float(np.median(ours)), "p95": float(np.quantile(ours, .95)),
            "against": against, "their seconds": float(np.median(other)), "ratio": float(middle),
            "low": float(low), "high": float(high), "peak_mb": memory}


def whole(table: Path, films: int, repeats: int) -> list[dict]:
    "CSV to fitted clusters, whole processes, cold and warm, against the report's script"
    cold, warm, report, peak, inside = [], [], [], {}, {"cold": [], "warm": [], "report": []}
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as cache:
            first = stage("ours", table, Path(cache))
            cold.append(first["process"])
            again = stage("ours", table, Path(cache))
            warm.append(again["process"])
        theirs = stage("report", table, Path("unused"))
        report.append(theirs["process"])
        peak = {"cold": first["peak_mb"], "warm": again["peak_mb"], "report": theirs["peak_mb"]}
        for name, of in (("cold", first), ("warm", again)): inside[name].append(of["read"] + of["clean"])
        inside["report"].append(theirs["read and clean"])
    script = f"the report's script ({peak['report']:.0f} MB)"
    return [row("CSV to clusters, nothing cached", films, cold, report, script, peak["cold"]),
            row("CSV to clusters, table and clusters kept", films, warm, report, script, peak["warm"]),
            row("read and clean, nothing cached", films, inside["cold"], inside["report"], "the report's fourteen steps"),
            row("read and clean, table kept", films, inside["warm"], inside["report"], "the report's fourteen steps")]


def measures(table: Path, films: int, cache: Path) -> list[dict]:
    "Everything that is measured inside a process, at one size"
    fit, serve = stage("fit", table, cache), stage("serve", table, cache)
    name = f"fit ({fit['method']}, inertia {fit['inertia']:+.2%})"
    return [row(name, films, fit["ours"], np.mean(fit["plain scikit-learn"]), "plain KMeans, 10 starts, float64", fit["peak_mb"]),
            row("recommend, three seeds", films, serve["recommend"], serve["report"], "a boolean mask per pick"),
            row("recommend, three seeds", films, serve["recommend"], serve["tfidf_cosine"], "TF-IDF cosine over everything"),
            row("find a title", films, serve["find"], serve["rapidfuzz"], "RapidFuzz alone (WRatio)"),
            row("save a model", films, serve["save"], fit["ours"], "fitting it"),
            row("load a saved model", films, serve["load"], fit["ours"], "fitting it", serve["peak_mb"]),
            row("first answer of a loaded model", films, serve["first"], serve["TF-IDF"], "making a TF-IDF of everything")]


def once(table: Path, films: int, cache: Path) -> list[dict]:
    "What is measured at the size of the Kaggle table alone"
    sweep, found = stage("sweep", table, cache), []
    found.append(row("sweep k from 1 to 15", films, sweep["sweep"], sweep["fits alone"], "the same K-means runs, not judged"))
    if "evaluate" in (judged := stage("judged", table, cache)):
        found.append(row(f"evaluate on {judged['users']} users", films, judged["evaluate"], judged["cosine"], "the same of a TF-IDF cosine"))
    if "implicit" in (similar := stage("similar", table, cache)):
        found.append(row("recommend, three seeds", films, similar["recommend"], similar["implicit"], "implicit's similar_items"))
    if "patched" in (intel := stage("intelex", table, cache)):
        name = f"fit with scikit-learn-intelex (inertia {intel['inertia']:+.2%})"
        found.append(row(name, films, intel["patched"], intel["plain"], "fit without it"))
    return found


def today(folder: Path, cache: Path, rows: int) -> dict:
    "Processor seconds and memory with a made table of so many rows in TMDB's layout: from the CSV to the first answer, and both for 500,000 rows: from the CSV, and from a model that is opened again"
    found = {}
    for name, size in (("large", rows), ("source", 500_000), ("kept", 500_000)):
        table = tmdb_made.write_made(folder / "made.csv", size)
        found[name] = stage(name, table, cache)
        table.unlink()
    return found


def kept_model(folder: Path, films: int) -> Path:
    "A saved model of so many films"
    table, model = folder / "films.csv", folder / f"model_{films}"
    if not model.exists():
        scale.resample(films).to_csv(table, index=False)
        subprocess.run([sys.executable, "-c", "from movie_recsys.cli import main; main()", "fit", "--movies", table, "--out", model], check=True, capture_output=True)
        table.unlink()
    return model


def many(folder: Path) -> dict:
    "Many lists at once, at the size of the Kaggle table and at ten times as many films"
    run = lambda films, *more: json.loads(subprocess.run([sys.executable, HERE / "many.py", kept_model(folder, films), *more], capture_output=True, text=True, check=True).stdout)  # noqa: E731
    return {"41,000": run(45_466, "--all", "--jobs", "2"), "400,000": run(400_000, "--queries", "500")}


def write(results: dict) -> None:
    "Keep what is measured so far"
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (HERE / "results.md").write_text(markdown(results), encoding="utf-8")


def surroundings() -> dict:
    "What was measured, with what, and how much of it there is"
    installed = sum(f.locate().stat().st_size for f in distribution("movie_recsys").files or [] if f.locate().is_file())
    code = "import time; t=time.perf_counter(); import {}; print(time.perf_counter()-t)"
    imports = {m: float(np.median([float(subprocess.run([sys.executable, "-c", code.format(m)], capture_output=True, text=True).stdout)
                                   for _ in range(3)])) for m in ("movie_recsys", "movie_recsys.recommend", "movie_recsys.app")}
    package = sum(p.stat().st_size for p in (HERE.parent / "movie_recsys").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    return {"cores": os.cpu_count(), "python": platform.python_version(), "import_s": imports, "package_mb": max(installed, package) / 1e6,
            **{name: version(name) for name in ("pandas", "numpy", "scikit-learn", "rapidfuzz", "gradio")}}


def markdown(results: dict) -> str:
    "The table as Markdown"
    lines = ["| what | films | ours | p95 | against | theirs | ratio (quartiles) | peak |", "|---|--:|--:|--:|---|--:|--:|--:|"]
    for r in results["rows"]:
        time_of = lambda s: f"{s * 1000:.1f} ms" if s < 1 else f"{s:.1f} s"  # noqa: E731
        peak = f"{r['peak_mb']:.0f} MB" if r["peak_mb"] else ""
        lines.append(f"| {r['what']} | {r['films']:,} | {time_of(r['seconds'])} | {time_of(r['p95'])} | {r['against']} | "
                     f"{time_of(r['their seconds'])} | {r['ratio']:.2f} ({r['low']:.2f} to {r['high']:.2f}) | {peak} |")
    for name, of in {"large": "from a CSV in TMDB's layout, nothing cached", "source": "the same", "kept": "a saved model"}.items():
        if name not in results.get("today", {}): continue
        told = results["today"][name]
        steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in told.items() if step in ("read", "clean", "fit", "open", "first answer", "first answer by title"))
        lines += ["", f"{told['films']:,} films, {of}, seconds of processor time: {steps}; peak of memory {told['peak_mb']:,.0f} MB."]
    return "\n".join(lines) + "\n"


PARTS = ("tables", "earlier", "answers", "api", "many", "likes", "today", "app")


def main() -> None:
    "Measure and write"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="41000,400000,1000000", help="numbers of films, by comma; other sizes stay as they are")
    parser.add_argument("--repeats", type=int, default=3, help="whole processes of each kind")
    parser.add_argument("--part", default=",".join(PARTS), help="what to measure, by comma; the rest stays as it is")
    parser.add_argument("--rows", type=int, default=1_200_000, help="rows of the made table")
    parser.add_argument("--ratings", type=int, default=22_700_000, help="invented ratings, of which some 20 million are distinct")
    args = parser.parse_args()
    file, parts = HERE / "results.json", args.part.split(",")
    if unknown := set(parts) - set(PARTS): parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    results = (json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}) | {"surroundings": surroundings()}
    with tempfile.TemporaryDirectory() as name:
        folder, cache = Path(name), Path(name) / "cache"
        sizes = [int(size) for size in args.sizes.split(",")] if "tables" in parts else []
        results["rows"] = [line for line in results.get("rows", []) if line["films"] not in sizes]
        for size in sizes:
            table = folder / f"films_{size}.csv"
            rows = max(size, 45_466) if size <= 45_466 else size  # the Kaggle table has 45,466 rows, 41,000 after cleaning
            scale.resample(rows).to_csv(table, index=False)
            print(f"{size:,} films ...", flush=True)
            results["rows"] += whole(table, size, args.repeats if size < 100_000 else 1) + measures(table, size, cache)
            if size < 100_000: results["rows"] += once(table, size, cache)
            write(results)
            table.unlink()

        def users() -> dict:
            "The app with a hundred people, with and without TMDB"
            table = folder / "films.csv"
            scale.resample(45_466).to_csv(table, index=False)
            results["memory_of_10000_recommendations_mb"] = {k: v for k, v in stage("leak", table, cache).items() if k in ("before_mb", "after_mb")}
            results["app with TMDB"] = {fault: load_test.measure(fault=fault) for fault in ("dead", "slow", "bomb")}
            return load_test.measure()
        others = {"earlier": earlier.compare, "answers": answers.compare, "api": lambda: api.measure(str(kept_model(folder, 45_466))), "many": lambda: many(folder),
                  "likes": lambda: likes.measure(args.ratings), "today": lambda: today(folder, cache, args.rows), "app": users}
        for part, measure in others.items():
            if part not in parts: continue
            print(f"{part} ...", flush=True)
            results[part] = measure()
            write(results)
    print(markdown(results))


if __name__ == "__main__": main()
