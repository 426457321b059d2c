"""How long `load_movies("imdb")` takes and how much memory, at shares of the real size: `python benchmarks/imdb.py 0.025 0.1`.

For each share the five files are made (`imdb_made.py`) and handed out by a server on this machine; the films are loaded in a
process of its own, once with the download and once more from the cache. The real size is `python benchmarks/imdb.py 1`: it makes 1.2 GB,
which takes some ten minutes and 6 GB of memory before the measurement begins. `--rivals` times the reading alone against DuckDB, by turns.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

STAGE = """
import json, resource, sys, time
from pathlib import Path
what, where = sys.argv[1:3]
if what == "load":
    from movie_recsys.data import load_movies
    run = lambda: len(load_movies("imdb", address=where))
elif what == "arrow":
    from movie_recsys.imdb import read_imdb
    run = lambda: len(read_imdb(Path(where)))
else:
    import duckdb
    def run():
        db = duckdb.connect()
        db.execute("SET enable_progress_bar = false")
        def table(name, columns):
            kinds = ", ".join(f"'{column}': 'VARCHAR'" for column in columns.split())
            return f"read_csv('{where}/{name}.tsv.gz', delim='\\t', quote='', escape='', header=true, nullstr='\\\\N', auto_detect=false, columns={{{kinds}}})"
        db.execute(f"CREATE TABLE r AS SELECT * FROM {table('title.ratings', 'tconst averageRating numVotes')} WHERE numVotes::INT >= 500")
        db.execute(f"CREATE TABLE f AS SELECT * FROM {table('title.basics', 'tconst titleType primaryTitle originalTitle isAdult startYear endYear runtimeMinutes genres')} JOIN r USING (tconst) WHERE titleType IN ('movie', 'tvMovie') AND isAdult = '0'")
        db.execute(f"CREATE TABLE c AS SELECT * FROM {table('title.crew', 'tconst directors writers')} SEMI JOIN f USING (tconst)")
        db.execute(f"CREATE TABLE p AS SELECT tconst, ordering, nconst FROM {table('title.principals', 'tconst ordering nconst category job characters')} SEMI JOIN f USING (tconst) WHERE category IN ('actor', 'actress', 'self')")
        db.execute("CREATE TABLE w AS SELECT nconst FROM p UNION SELECT unnest(string_split(directors, ',')) FROM c UNION SELECT unnest(string_split(writers, ',')) FROM c")
        db.execute(f"CREATE TABLE n AS SELECT nconst, primaryName FROM {table('name.basics', 'nconst primaryName birthYear deathYear primaryProfession knownForTitles')} SEMI JOIN w USING (nconst)")
        return db.execute("SELECT count(*) FROM f").fetchone()[0]
start = time.perf_counter()
films = run()
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"films": films, "seconds": round(time.perf_counter() - start, 1), "processor": round(used.ru_utime + used.ru_stime, 1), "peak, MB": used.ru_maxrss // 1024}))
"""


class Quiet(SimpleHTTPRequestHandler):
    "A server of a folder that prints nothing"
    def log_message(self, *args): pass


def stage(what: str, where: str, cache: str) -> dict:
    "One measurement in a process of its own"
    done = subprocess.run([sys.executable, "-c", STAGE, what, where], capture_output=True, text=True, env={**os.environ, "MOVIE_RECSYS_CACHE": cache})
    if done.returncode: raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout)


def measure(share: float, folder: Path, rivals: bool) -> None:
    "Print what was measured at one share of the real size"
    subprocess.run([sys.executable, Path(__file__).with_name("imdb_made.py"), str(share), folder], check=True, capture_output=True)  # apart: a process begins with its parent's memory
    print(f"share {share}: {sum(path.stat().st_size for path in folder.glob('*.gz')) / 1e6:.0f} MB")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as cache:
        for name in ("with the download", "from the cache"): print(f"  {name}: {stage('load', f'http://127.0.0.1:{server.server_port}', cache)}", flush=True)
    for _ in range(2 if rivals else 0):
        for what in ("duckdb", "arrow"): print(f"  reading alone, {what}: {stage(what, str(folder), str(folder))}", flush=True)
    server.shutdown()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shares", type=float, nargs="+", help="of the real size, such as 0.1")
    parser.add_argument("--rivals", action="store_true", help="time the reading alone against DuckDB as well")
    args = parser.parse_args()
    for one in args.shares:
        with tempfile.TemporaryDirectory() as made: measure(one, Path(made), args.rivals)
