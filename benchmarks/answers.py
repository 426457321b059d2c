"""What an answer of the app costs its server, beside Gradio answering with the same bytes and doing nothing.

    python benchmarks/answers.py [MOVIES]    # what `movie-recsys app --movies` takes

Three servers run one after the other, in turns: the app, and twice an app whose functions return at once what the app
returned, as Gradio comes, and without the table of all earlier calls that Gradio makes after each call of an endpoint
(the app does without it). All are asked the same questions over the same two ways: the page's own (a POST to
the component) and the named endpoints (a POST and a stream of events). The cost is the server's processor time, from /proc.
"""
import asyncio
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np

import load

QUESTIONS, WARM = 120, 20
NO_TABLE = {"GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000"}
TYPED = ["the mat", "godf", "narn", "star w", "pulp fi", "heat 19", "lord of", "toy s", "alien"]


def three(turn: int) -> list[str]:
    "Three of the films that everybody finds"
    return random.Random(turn).sample(load.TITLES, 3)


# What is asked: of the page by the name of its function, of the endpoints by theirs.
PAGE = {"find": lambda turn: TYPED[turn % len(TYPED)],
        "answer": lambda turn: {"films": [], "text": "; ".join(three(turn)), "asked": True}}
ENDPOINTS = {"recommend_movie": lambda turn: (three(turn), ""),
             "recommend": lambda turn: (three(turn), 5, [], [], None, None, "", .5, "", [], [], None, False)}


def serve(port: int, movies: str, answers: Path | None) -> None:
    "The app; or, with answers, Gradio alone"
    import gradio as gr
    if answers is None:
        from movie_recsys.app import launch_app
        from movie_recsys.recommend import MovieRecommender
        return launch_app(MovieRecommender.from_movies(movies), port=port)
    kept = json.loads(answers.read_text())

    def named(name: str):
        "A function of that name that returns what the app returned"
        def function(asked): return kept[name]
        function.__name__ = name
        return function
    def recommend_movie(films: list[str], text: str = "") -> list[str]: return kept["recommend_movie"]
    def recommend(films: list[str], n: int, genres: list[str] | None, without: list[str] | None, first: int | None, last: int | None, language: str,
                  adventure: float, taste: str, disliked: list[str] | None, seen: list[str] | None, longest: int | None, watchlist: bool) -> list[dict]:
        return kept["recommend"]
    with gr.Blocks() as app:
        gr.HTML("", server_functions=[named(name) for name in PAGE])
        gr.api(recommend_movie, api_name="recommend_movie", queue=False)
        gr.api(recommend, api_name="recommend", queue=False)
    app.launch(server_port=port, quiet=True)


def spent(pid: int) -> float:
    "Processor seconds of a process"
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def rest(pid: int) -> None:
    "Wait until the process has nothing to do: the app makes in the background what its first answers need"
    before = -1.0
    while spent(pid) > before + .05:
        before = spent(pid)
        await asyncio.sleep(1)


async def ask_page(client: httpx.AsyncClient, component: int, name: str, asked):
    "One question of the page's script"
    answer = await client.post("/gradio_api/component_server", json={"data": asked, "component_id": component, "fn_name": name, "session_hash": "bench"})
    return answer.raise_for_status().json()


async def measure(movies: str, answers: Path | None, **settings: str) -> tuple[dict, dict]:
    "With some of Gradio's own settings, milliseconds of the server per question of each kind, and one answer of each"
    port = load.free_port()
    command = [sys.executable, __file__, "--serve", str(port), movies, *([str(answers)] if answers else [])]
    process = subprocess.Popen(command, env={**os.environ, "GRADIO_ANALYTICS_ENABLED": "False", **settings}, stdout=subprocess.DEVNULL)
    cost, said = {}, {}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            for _ in range(600):
                try:
                    config = (await client.get("/config")).raise_for_status().json()
                    break
                except httpx.HTTPError: await asyncio.sleep(.2)
            component = next(c["id"] for c in config["components"] if set(PAGE) <= set([f if isinstance(f, str) else f[0] for f in c["props"].get("server_fns") or []]))
            ways = {**{name: (lambda turn, name=name: ask_page(client, component, name, PAGE[name](turn))) for name in PAGE},
                    **{name: (lambda turn, name=name: load.call(client, name, *ENDPOINTS[name](turn))) for name in ENDPOINTS}}
            for name, way in ways.items():
                for turn in range(WARM): said[name] = await way(turn)
                await rest(process.pid)
                before = spent(process.pid)
                for turn in range(QUESTIONS): await way(turn)
                cost[name] = 1000 * (spent(process.pid) - before) / QUESTIONS
    finally:
        process.terminate()
        process.wait()
    return cost, said


def compare(movies: str = "bundled", turns: int = 3) -> list[dict]:
    "For each kind of question the app's cost over Gradio's own: the median of some turns, and all of them"
    ours, theirs, bare = [], [], []
    kept = Path(os.environ.get("TMPDIR", "/tmp")) / "movie-recsys-answers.json"
    for _ in range(turns):
        cost, said = asyncio.run(measure(movies, None))
        kept.write_text(json.dumps(said))
        ours.append(cost)
        theirs.append(asyncio.run(measure(movies, kept))[0])
        bare.append(asyncio.run(measure(movies, kept, **NO_TABLE))[0])
    kept.unlink()
    rows = []
    for name in ours[0]:
        ratios = [a[name] / b[name] for a, b in zip(ours, theirs)]
        rows.append({"question": name, "way": "page" if name in PAGE else "endpoint", "app ms": float(np.median([a[name] for a in ours])),
                     "Gradio ms": float(np.median([b[name] for b in theirs])), "ratio": float(np.median(ratios)), "ratios": [round(r, 2) for r in ratios],
                     "without its table ms": float(np.median([b[name] for b in bare])), "ratio to that": float(np.median([a[name] / b[name] for a, b in zip(ours, bare)]))})
    return rows


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]: serve(int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]) if sys.argv[4:] else None)
    else:
        start = time.perf_counter()
        for line in compare(*sys.argv[1:2]): print(line)
        print(f"{time.perf_counter() - start:.0f} s")
