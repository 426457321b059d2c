"""IMDb's five files out of nothing, at any share of their real size: `python benchmarks/imdb_made.py 0.1 FOLDER`.

The real ones have some 11 million titles, 14 million names and 95 million principals. Kinds, votes and people are spread as
they are there: three titles in four are episodes, one in sixteen is a film, few films have many votes. Needs duckdb, which
only measurements use.
"""
import argparse
from pathlib import Path

TITLES, NAMES, PRINCIPALS = 11_000_000, 14_000_000, 95_000_000


def make_imdb(
    folder: Path,  # where the five .tsv.gz files go
    share: float = .1,  # of the real sizes
) -> Path:
    "Write the five files, and give the folder back"
    import duckdb
    folder.mkdir(parents=True, exist_ok=True)
    titles, names, principals = (int(n * share) for n in (TITLES, NAMES, PRINCIPALS))
    db = duckdb.connect()
    db.execute("SET preserve_insertion_order = true; SELECT setseed(0.1)")
    db.execute(f"""CREATE TABLE t AS SELECT i, printf('tt%07d', i * 3 + 1) AS tconst, (hash(i) % 10000)::int AS h, (hash(i + 1) % 10000)::int AS g,
        CASE WHEN hash(i) % 1000 < 760 THEN 'tvEpisode' WHEN hash(i) % 1000 < 855 THEN 'short' WHEN hash(i) % 1000 < 918 THEN 'movie' WHEN hash(i) % 1000 < 945 THEN 'video'
             WHEN hash(i) % 1000 < 971 THEN 'tvSeries' WHEN hash(i) % 1000 < 985 THEN 'tvMovie' ELSE 'tvMiniSeries' END AS kind FROM range({titles}) r(i)""")
    person = lambda seed: f"printf('nm%07d', (hash(i * 7 + {seed}) % {names} + 1)::bigint)"  # noqa: E731
    tables = {
        "title.basics": f"""SELECT tconst, kind AS titleType, CASE WHEN h % 50 = 0 THEN '"Quoted" title ' ELSE 'The long road to town ' END || i AS primaryTitle, 'Der lange Weg zur Stadt ' || i AS originalTitle,
            (h % 40 = 0)::int AS isAdult, CASE WHEN h % 9 = 0 THEN NULL ELSE 1920 + h % 107 END AS startYear, NULL::text AS endYear, CASE WHEN h % 3 = 0 THEN NULL ELSE 30 + g % 120 END AS runtimeMinutes,
            ['Drama', 'Comedy', 'Crime,Drama,Thriller', 'Documentary', NULL, 'Action,Adventure,Sci-Fi'][1 + (g % 6)::int] AS genres FROM t ORDER BY i""",
        "title.ratings": "SELECT tconst, round(3 + (g % 60) / 10.0, 1) AS averageRating, (5 + exp((h % 1000) / 1000.0 * 11) * (h % 7 = 0)::int)::int AS numVotes FROM t WHERE h % 7 = 0 OR g % 100 < 1 ORDER BY i",
        "title.crew": f"SELECT tconst, CASE WHEN h % 3 = 0 THEN NULL ELSE {person(1)} || CASE WHEN g % 8 = 0 THEN ',' || {person(2)} ELSE '' END END AS directors, "
                      f"CASE WHEN h % 2 = 0 THEN NULL ELSE {person(3)} || ',' || {person(4)} END AS writers FROM t ORDER BY i",
        "title.principals": f"""SELECT printf('tt%07d', i * {titles} // {principals} * 3 + 1) AS tconst, i % 10 + 1 AS ordering, {person(5)} AS nconst,
            ['actor', 'actress', 'self', 'director', 'writer', 'producer', 'cinematographer', 'editor', 'actor', 'actress'][1 + (i % 10)::int] AS category, CASE WHEN i % 4 = 0 THEN 'executive producer' END AS job,
            CASE WHEN i % 10 IN (0, 1, 2, 8, 9) THEN '["A character ' || i % 1000 || '"]' END AS characters FROM range({principals}) r(i) ORDER BY i""",
        "name.basics": f"""SELECT printf('nm%07d', i + 1) AS nconst, 'Person Number ' || i AS primaryName, CASE WHEN i % 5 = 0 THEN 1900 + i % 100 END AS birthYear, NULL::text AS deathYear,
            'actor,producer,writer' AS primaryProfession, 'tt0000001,tt0000004,tt0000007,tt0000010' AS knownForTitles FROM range({names}) r(i) ORDER BY i"""}
    for name, query in tables.items():
        db.execute(f"COPY ({query}) TO '{folder / name}.tsv.gz' (FORMAT csv, DELIMITER '\t', QUOTE '', ESCAPE '', HEADER, NULLSTR '\\N', COMPRESSION gzip)")
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("share", type=float)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    for path in sorted(make_imdb(args.folder, args.share).glob("*.gz")): print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.name}")
