"""The JSON service: `python benchmarks/api.py [MODEL] [--users 500] [--workers 2]`.

First one caller, who asks by turns a FastAPI route that does nothing, the service, and the library in this process.
Then many users at once, each of whom asks, waits for the answer, and asks again after some five seconds.
"""
import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import numpy as np

from load import free_port
from movie_recsys.recommend import MovieRecommender

TITLES = ["Toy Story (1995)", "Heat (1995)", "Alien (1979)", "Pulp Fiction (1994)", "Casino (1995)", "Fargo (1996)"]
NOTHING = """
import sys, uvicorn
from fastapi import FastAPI
api = FastAPI()
@api.get("/nothing")
def nothing(): return {}
@api.get("/nothing_async")
async def nothing_async(): return {}
uvicorn.run(api, port=int(sys.argv[1]), access_log=False, log_level="warning")
"""


def start(*command: str, told: bool = False) -> tuple[subprocess.Popen, str]:
    "A server in a process of its own, and its first line"
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline() if told else ""


def one_caller(base: str, nothing: str, rec: MovieRecommender, rounds: int = 200) -> dict:
    "Milliseconds of each, by turns; medians, and what the service adds to the library in the median"
    times = {"a route that does nothing": [], "the service": [], "the library": []}
    with httpx.Client(timeout=60) as client:
        for k in range(rounds):
            films = [int(i) for i in rec.films.index[[k, 7 * k, 31 * k]]]
            for name, ask in {"a route that does nothing": lambda: client.get(f"{nothing}/nothing"), "the service": lambda: client.get(f"{base}/recommend", params={"film_id": films}),
                              "the library": lambda: rec.recommend(list(dict.fromkeys(films)))}.items():  # noqa: B023
                begun = time.perf_counter()
                ask()
                times[name].append((time.perf_counter() - begun) * 1000)
    added = np.array(times["the service"][10:]) - np.array(times["the library"][10:])
    return {name: round(float(np.median(t[10:])), 2) for name, t in times.items()} | {"added": np.quantile(added, [.25, .5, .75]).round(2).tolist()}


async def user(client: httpx.AsyncClient, base: str, until: float, dice: random.Random, times: list, errors: list) -> None:
    await asyncio.sleep(dice.uniform(0, 5))
    while time.time() < until:
        begun = time.perf_counter()
        try: (await client.get(f"{base}/recommend", params={"film": dice.sample(TITLES, 3)})).raise_for_status()
        except httpx.HTTPError as error: errors.append(repr(error))
        else: times.append(time.perf_counter() - begun)
        await asyncio.sleep(dice.uniform(.5, 1.5) * 5)


async def many(base: str, users: int, seconds: float) -> dict:
    "Seconds of the answers to many users"
    times, errors = [], []
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None)) as client:
        await asyncio.gather(*(user(client, base, time.time() + seconds, random.Random(k), times, errors) for k in range(users)))
    return {"users": users, "answers": len(times), "errors": len(errors), "median": round(float(np.median(times)), 3), "p95": round(float(np.quantile(times, .95)), 3)}


def measure(model: str, users: int = 500, workers: int = 2, seconds: float = 30) -> dict:
    "Start both servers, ask them, and say how it went"
    kept = (Path(model) / "card.json").is_file()
    rec = (MovieRecommender.load if kept else MovieRecommender.from_movies)(model)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        model = model if kept else str(rec.save(folder))
        idle, _ = start(sys.executable, "-c", NOTHING, str(port))
        ours, told = start(sys.executable, "-c", "from movie_recsys.cli import main; main()", "serve", "--movies", model, "--port", "0", "--workers", str(workers), told=True)
        base = told.split()[4].rstrip(",").rstrip("/")
        try: return {"one caller, ms": one_caller(base, f"http://127.0.0.1:{port}", rec), "many": asyncio.run(many(base, users, seconds)) | {"workers": workers}}
        finally:
            for process in (idle, ours):
                process.terminate()
                process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", nargs="?", default="bundled")
    parser.add_argument("--users", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=30)
    args = parser.parse_args()
    print(json.dumps(measure(args.model, args.users, args.workers, args.seconds), indent=1))
