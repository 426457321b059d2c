"""The JSON service, with a real server on loopback: answers, refusals, proxies, many at once, workers that are killed."""
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from movie_recsys.people import MAX_TASTE
from movie_recsys.serve import build_api
from movie_recsys.taste import Taste

COMMAND = [sys.executable, "-c", "from movie_recsys.cli import main; main()"]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="processes are looked at in /proc")


@pytest.fixture(scope="module")
def model(rec, tmp_path_factory):
    "A saved model of the bundled films"
    return rec.save(tmp_path_factory.mktemp("served") / "model")


@pytest.fixture(scope="module")
def service(model):
    "Two workers on loopback, started by the command: the process and its address"
    process = subprocess.Popen([*COMMAND, "serve", "--movies", str(model), "--port", "0", "--workers", "2"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    told = process.stdout.readline()
    assert "http://" in told, process.stderr.read()
    yield process, told.split()[4].rstrip(",").rstrip("/")
    process.terminate()
    assert process.wait() == 0
    assert "Heat" not in process.stdout.read() + process.stderr.read()


def children(process) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def test_the_service_answers_as_the_library(service, rec):
    base = service[1]
    found = httpx.get(f"{base}/recommend", params={"film": ["Heat (1995)", "Casino"], "n": 7, "genre": "Crime", "first_year": 1970, "without": "War"}, timeout=60).json()
    mine = rec.recommend(["Heat (1995)", "Casino"], n=7, genres=["Crime"], exclude_genres=["War"], years=(1970, None))
    assert [film["film_id"] for film in found["films"]] == mine.index.tolist() and [film["because"] for film in found["films"]] == mine["because"].tolist()
    assert [seed["label"] for seed in found["seeds"]] == ["Heat (1995)", "Casino (1995)"] and found["reason"] == ""
    wish = httpx.get(f"{base}/wish", params={"text": "a western from the fifties"}, timeout=60).json()
    assert [film["film_id"] for film in wish["films"]] == rec.wish("a western from the fifties").index.tolist() and len(wish["understood"]) == 2
    assert httpx.get(f"{base}/films", params={"query": "the matrx"}, timeout=60).json()["films"][0]["label"] == "The Matrix (1999)"
    assert httpx.get(f"{base}/health", timeout=60).json()["films"] == len(rec.films)


def test_a_taste_is_posted_and_kept_nowhere(service, rec):
    liked = rec.films["vote_count"].nlargest(200).index[::10]
    taste = Taste(liked=dict.fromkeys(liked, 1.), seen=dict.fromkeys(liked, 1), watchlist={int(i): 1 for i in rec.films.index[:50]})
    posted = httpx.post(f"{service[1]}/recommend", params={"from_watchlist": True, "n": 3}, content=taste.to_json(), timeout=60)
    assert [film["film_id"] for film in posted.json()["films"]] == rec.recommend(taste, n=3, items=taste.watchlist.index).index.tolist()
    assert posted.headers["cache-control"] == "no-store" and "etag" not in posted.headers


@pytest.mark.parametrize("path, params, status, told", [
    ("recommend", {"film": "qwertyuiop"}, 404, "qwertyuiop"), ("recommend", {}, 400, "No movies were selected"),
    ("recommend", {"film": ["Heat (1995)"], "n": 0}, 422, "n: "), ("recommend", {"film": "x" * 201}, 422, "200"), ("recommend", {"film": ["a"] * 51}, 422, "50"),
    ("recommend", {"film": "Heat (1995)", "colour": "red"}, 422, "colour: there is no such parameter"), ("recommend", {"film": "Heat (1995)", "from_watchlist": 1}, 400, "watchlist"),
    ("recommend", {"film": "Heat (1995)", "country": "Atlantis", "first_year": "x"}, 422, "first_year"), ("films", {}, 422, "query"), ("films", {"query": ""}, 422, "query"),
    ("explain", {"film": "Heat (1995)"}, 422, "recommended"), ("wish", {"text": "x" * 501}, 422, "500"), ("wish", {"text": "qwertyuiop"}, 400, ""),
    ("nowhere", {}, 404, "openapi.json"), ("films", {"query": "\0"}, 200, "")])
def test_bad_input_is_told_in_a_sentence(service, path, params, status, told):
    answer = httpx.get(f"{service[1]}/{path}", params=params, timeout=60)
    assert answer.status_code == status and told in answer.text
    if status > 200:
        said = answer.json()
        assert answer.headers["content-type"] == "application/problem+json" and said["status"] == status and said["detail"].endswith((".", "?", "!"))


@pytest.mark.parametrize("body, status", [(b"{}", 400), (b"\xff\xfe", 400), (b"", 400), (b"[" * 100_000, 400), (b"null", 400), (b" " * (MAX_TASTE + 1), 413),
                                          (b'{"taste": 1, "liked": {"1": 1e999}}', 400), (b'{"taste": 1, "liked": {"9999999999": 1}}', 400)],
                         ids=["no taste", "not UTF-8", "empty", "deep", "null", "long", "infinite", "unknown film"])
def test_a_taste_that_is_none_is_refused(service, body, status):
    answer = httpx.post(f"{service[1]}/recommend", content=body, timeout=60)
    assert answer.status_code in (status, 200) if b"9999999999" in body else answer.status_code == status
    assert answer.status_code == 200 or answer.headers["content-type"] == "application/problem+json"


def test_who_has_the_answer_is_told_so_by_every_worker(service):
    url, params = f"{service[1]}/recommend", {"film": "Heat (1995)"}
    tags = {httpx.get(url, params=params, timeout=60).headers["etag"] for _ in range(6)}
    assert len(tags) == 1
    again = httpx.get(url, params=params, headers={"If-None-Match": tags.pop()}, timeout=60)
    assert (again.status_code, again.content) == (304, b"")


def test_many_at_once_have_all_an_answer(service):
    titles = ["Heat (1995)", "Alien (1979)", "Fargo (1996)", "Toy Story (1995)", "Casino (1995)"]
    with ThreadPoolExecutor(100) as people, httpx.Client(limits=httpx.Limits(max_connections=100), timeout=120) as client:
        answers = list(people.map(lambda k: client.get(f"{service[1]}/recommend", params={"film": titles[k % 5]}), range(500)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 5


@LINUX
def test_a_worker_that_is_killed_is_replaced(service):
    process, base = service
    before = children(process)
    os.kill(before[0], signal.SIGKILL)
    while before[0] in (now := children(process)) or len(now) < 2: time.sleep(.05)
    assert before[1] in now
    assert all(httpx.get(f"{base}/recommend", params={"film": "Heat (1995)"}, timeout=60).status_code == 200 for _ in range(6))


@LINUX
def test_workers_share_the_films(service):
    process, _ = service
    weigh = lambda pid: {k: int(v) for k, v in (line.split()[:2] for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])}  # noqa: E731
    weights = [weigh(pid) for pid in (process.pid, *children(process))]
    assert sum(w["Pss:"] for w in weights) < .75 * sum(w["Rss:"] for w in weights)


@pytest.mark.parametrize("root_path", ["/films", "/a/b/", "recommend"])
def test_it_works_behind_a_proxy_under_any_path(rec, root_path):
    "A proxy takes the path away, or leaves it; the answer is the same, and the description names the path"
    client, under = TestClient(build_api(rec, root_path=root_path)), f"/{root_path.strip('/')}"
    for path, params in (("/health", {}), ("/films", {"query": "heat"}), ("/recommend", {"film": "Heat (1995)"})):
        away, left = client.get(path, params=params), client.get(under + path, params=params)
        assert away.status_code == left.status_code == 200 and away.content == left.content and away.headers.get("etag") == left.headers.get("etag")
    assert client.get("/openapi.json").json()["servers"] == [{"url": under}]


def test_other_origins_may_ask_only_where_they_are_named(rec):
    asks = {"Origin": "https://example.org"}
    assert not any(name.startswith("access-control") for name in TestClient(build_api(rec)).get("/health", headers=asks).headers)
    client = TestClient(build_api(rec, cors=["https://example.org"]))
    assert client.get("/health", headers=asks).headers["access-control-allow-origin"] == "https://example.org"
    assert "access-control-allow-origin" not in client.get("/health", headers={"Origin": "https://elsewhere.org"}).headers


def test_the_description_has_an_example_of_everything(rec):
    api = TestClient(build_api(rec)).get("/openapi.json").json()
    assert set(api["paths"]) == {"/films", "/recommend", "/explain", "/wish", "/clusters", "/health"}
    for path, ways in api["paths"].items():
        for way in ways.values():
            assert way["summary"] and way["responses"]["200"]["content"]["application/json"]["schema"]
            for part in way.get("parameters", []): assert {"maxLength", "maximum", "maxItems", "type", "anyOf", "default"} & set(part["schema"])
    taste = api["paths"]["/recommend"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert len(Taste.from_json(json.dumps(taste)).liked) == 2


def test_a_port_that_is_taken_is_told(service, model):
    port = service[1].rsplit(":", 1)[1]
    done = subprocess.run([*COMMAND, "serve", "--movies", str(model), "--port", port], capture_output=True, text=True)
    assert done.returncode == 2 and f"port {port}" in done.stderr and done.stderr.count("\n") == 1
