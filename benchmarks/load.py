"""The app under load: many users at once on loopback, for a bounded time: `python benchmarks/load.py [--users 100]`.

Each user asks for completions of a title, then for recommendations, then waits some five seconds, as a person would.
Prints the answers' times, the errors, and the server's memory before and after. With --tmdb the app has the stand-in
of tests/tmdb_server.py for TMDB, with one of its faults: "dead", "slow", "bomb", "html" and the like.
"""
import argparse
import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np

TITLES = ["Toy Story (1995)", "Heat (1995)", "The Godfather (1972)", "Alien (1979)", "Pulp Fiction (1994)", "Amélie (2001)"]
TYPED = ["the matrx", "godf", "narnia", "star w", "pulp ficton", "heat 1995", "lord of the", "<b>x</b>", "alien"]


def free_port() -> int:
    "A port that nobody listens on"
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def memory(pid: int) -> float:
    "Resident memory of a process, MB"
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"): return int(line.split()[1]) / 1024
    return float("nan")


async def call(client: httpx.AsyncClient, name: str, *data):
    "One call of a named endpoint; returns its answer, raises where the app answered with an error"
    event = (await client.post(f"/gradio_api/call/{name}", json={"data": list(data)})).raise_for_status().json()["event_id"]
    kind = None
    async with client.stream("GET", f"/gradio_api/call/{name}/{event}") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("event:"): kind = line[6:].strip()
            elif line.startswith("data:") and kind in ("complete", "error"):
                if kind == "error": raise RuntimeError(f"{name}: {line[5:].strip()}")
                return json.loads(line[5:])


async def user(base: str, seed: int, until: float, pause: float, times: dict, errors: list) -> None:
    "One person at the app"
    dice = random.Random(seed)
    async with httpx.AsyncClient(base_url=base, timeout=30) as client:
        await asyncio.sleep(dice.uniform(0, pause))
        while time.time() < until:
            action = dice.choice(["find", "recommend_movie", "recommend_movie"])
            data = (dice.choice(TYPED), 8) if action == "find" else (dice.sample(TITLES, dice.randint(1, 3)), "")
            start = time.perf_counter()
            try: await call(client, action, *data)
            except Exception as error: errors.append(f"{action}{data}: {error!r}")  # counted and told at the end
            else: times.setdefault(action, []).append(time.perf_counter() - start)
            await asyncio.sleep(dice.uniform(0.5, 1.5) * pause)


async def load(base: str, users: int, seconds: float, pause: float) -> tuple[dict, list]:
    "All users at once; the times of their answers and their errors"
    times, errors, until = {}, [], time.time() + seconds
    await asyncio.gather(*(user(base, seed, until, pause, times, errors) for seed in range(users)))
    return times, errors


def serve(port: int, fault: str) -> None:
    "The app with a TMDB that misbehaves; `dead` is an address where nobody listens"
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from tmdb_server import TMDBServer

    from movie_recsys.app import launch_app
    from movie_recsys.recommend import MovieRecommender
    from movie_recsys.tmdb import TMDB
    with TMDBServer() as server:
        nobody = f"http://127.0.0.1:{free_port()}"
        urls = (nobody, nobody) if fault == "dead" else (server.api(fault), server.images(fault))
        launch_app(MovieRecommender.from_movies(), port=port, tmdb=TMDB(server.key, *urls))


def start_app(port: int, fault: str | None = None) -> tuple[subprocess.Popen, float]:
    "The app in a process of its own, and the seconds until its page answered"
    command = ([str(Path(sys.executable).parent / "movie-recsys"), "app", "--port", str(port)] if fault is None else
               [sys.executable, "-c", f"import load; load.serve({port}, {fault!r})"])
    begin = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}, cwd=Path(__file__).parent,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while time.perf_counter() - begin < 120:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/", timeout=2).status_code == 200: return process, time.perf_counter() - begin
        except httpx.HTTPError: time.sleep(0.05)
    raise RuntimeError("the app did not answer within two minutes")


def measure(users: int = 100, seconds: float = 60, pause: float = 5, fault: str | None = None) -> dict:
    "Start the app, put it under load, and say how it did"
    port = free_port()
    process, started = start_app(port, fault)
    base = f"http://127.0.0.1:{port}"
    try:
        begin = time.perf_counter()
        asyncio.run(load(base, 1, 0.1, 0.01))
        first = time.perf_counter() - begin
        asyncio.run(load(base, users, .75 * seconds, pause / 10))  # fills what Gradio keeps: the messages of 2,000 sessions
        before = memory(process.pid)
        times, errors = asyncio.run(load(base, users, seconds, pause))
        after = memory(process.pid)
    finally:
        process.terminate()
        process.wait(20)
    answers = np.concatenate([np.asarray(v) for v in times.values()])
    return {"users": users, "seconds": seconds, "answers": len(answers), "errors": len(errors), "first errors": errors[:3],
            "p50_s": round(float(np.quantile(answers, .5)), 3), "p95_s": round(float(np.quantile(answers, .95)), 3),
            "memory_before_mb": round(before), "memory_after_mb": round(after),
            "start_s": round(started, 2), "first_answer_s": round(first, 2)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, default=5, help="seconds between one user's actions, on average")
    parser.add_argument("--tmdb", metavar="FAULT", help="how the TMDB stand-in misbehaves")
    args = parser.parse_args()
    print(json.dumps(measure(args.users, args.seconds, args.pause, args.tmdb), indent=2))
