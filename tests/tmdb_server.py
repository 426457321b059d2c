"""A stand-in for TMDB on this machine: its documented JSON, about invented films, and faults on demand.

`with TMDBServer() as server: TMDB(server.key, server.api(), server.images())`. A fault is a prefix of the path:
`server.api("slow")` is an API that never answers, `server.images("bomb")` an image server with malice.
`python tests/tmdb_server.py --port 8000` runs it alone.
"""
import argparse
import gzip
import io
import json
import struct
import threading
import time
import zlib
from contextlib import contextmanager
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

from loopback import Loopback, Replies
from PIL import Image, ImageDraw

KEY_V4 = "stand-in.token"
KEY_V3 = "0123456789abcdef0123456789abcdef"
GENRES = {28: "Action", 12: "Adventure", 16: "Animation", 35: "Comedy", 80: "Crime", 99: "Documentary", 18: "Drama",
          10751: "Family", 14: "Fantasy", 36: "History", 27: "Horror", 10402: "Music", 9648: "Mystery", 10749: "Romance",
          878: "Science Fiction", 10770: "TV Movie", 53: "Thriller", 10752: "War", 37: "Western"}
FILMS = [  # invented, every one of them: id, title, original title, year, genre ids, minutes, language
    (101, "The Lighthouse at Noon", "The Lighthouse at Noon", 1994, [18, 9648], 104, "en"),
    (102, "Saturn Express", "Saturn Express", 2003, [878, 12], 118, "en"),
    (103, "The Baker of Turin", "Il fornaio di Torino", 1961, [35, 10749], 96, "it"),
    (104, "Nine Paper Boats", "九つの紙の舟", 1987, [16, 10751], 88, "ja"),
    (105, "Dust on the Piano", "Poussière sur le piano", 1972, [18, 10402], 127, "fr"),
    (106, "Dust on the Piano", "Dust on the Piano", 2011, [27], 91, "en"),
    (107, "Cold Ledger", "Cold Ledger", 2009, [80, 53], 112, "en"),
    (108, "A Field of Numbers <b>&</b>", "A Field of Numbers <b>&</b>", 1999, [99], 75, "en"),
    (109, "The Unposted Letter", "The Unposted Letter", 1955, [10749], 99, "en"),  # has no poster
]
FAULTS = {"401", "404", "429", "429-once", "429-hour", "500", "500-once", "slow", "drip", "cut", "wrong-json",
          "other-json", "html", "null-poster", "no-image", "huge", "bomb", "gzip-bomb", "loop", "private"}


def film(row) -> dict:
    "The fields of a film that every list of TMDB has"
    id_, title, original, year, genres, _, language = row
    return dict(adult=False, backdrop_path=None, genre_ids=genres, id=id_, original_language=language,
                original_title=original, overview=f"An invented film called {title}.", popularity=round(900/id_, 3),
                poster_path=None if id_ == 109 else f"/invented{id_}.jpg", release_date=f"{year}-06-01", title=title,
                video=False, vote_average=6.5, vote_count=10*id_)


def details(row) -> dict:
    "The fields of a film's own page"
    rest = film(row)
    genres = [{"id": g, "name": GENRES[g]} for g in rest.pop("genre_ids")]
    return rest | dict(belongs_to_collection=None, budget=0, genres=genres, homepage="", imdb_id=f"tt9{row[0]:06}",
                       origin_country=["XX"], production_companies=[], production_countries=[], revenue=0,
                       runtime=row[5], spoken_languages=[], status="Released", tagline="")


def evening(row) -> dict:
    "Where a film can be seen, and from which age, in two countries"
    watch = lambda *names: [{"provider_id": k, "provider_name": name, "display_priority": k} for k, name in enumerate(names)]  # noqa: E731
    link = f"https://www.themoviedb.org/movie/{row[0]}/watch?locale="
    return {"watch/providers": {"id": row[0], "results": {
                "US": {"link": link + "US", "flatrate": watch("Stream & Co"), "rent": watch("A Shop")}, "DE": {"link": link + "DE", "rent": watch("Ein Laden")}}},
            "release_dates": {"results": [{"iso_3166_1": "US", "release_dates": [{"certification": "", "type": 1}, {"certification": "PG-13", "type": 3}]},
                                          {"iso_3166_1": "DE", "release_dates": [{"certification": "12", "type": 3}]}]}}


def page(films: list) -> dict:
    "A page of results"
    return dict(page=1, results=[film(f) for f in films], total_pages=1, total_results=len(films))


@cache
def picture(name: str) -> bytes:
    "A poster for an invented film"
    tint = zlib.crc32(name.encode())
    image = Image.new("RGB", (342, 513), (60 + tint % 120, 60 + tint//120 % 120, 60 + tint//14400 % 120))
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 321, 492), outline="white", width=3)
    draw.text((171, 256), name.removesuffix(".jpg"), fill="white", anchor="mm", font_size=34)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=85)
    return data.getvalue()


@cache
def bomb(side: int = 30_000) -> bytes:
    "A valid PNG of a few hundred kB that unpacks to 900 million pixels"
    def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side//8 + 1)) for _ in range(side)) + packer.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
            + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


@cache
def gzip_bomb() -> bytes:
    "50 MB of nothing, compressed"
    return gzip.compress(bytes(50_000_000))


class Handler(Replies):
    def reply(self, status: int, body: bytes | dict, kind: str = "application/json;charset=utf-8", **headers):
        "Send an answer, JSON where it is a dict"
        super().reply(status, json.dumps(body).encode() if isinstance(body, dict) else body, kind, **headers)

    def fail(self, status: int, code: int, message: str, **headers):
        "TMDB's own form of an error"
        self.reply(status, dict(success=False, status_code=code, status_message=message), **headers)

    def do_GET(self):
        server, split = self.server.owner, urlsplit(self.path)
        with server.counting(self):
            fault, path = "", split.path
            head, _, tail = path.lstrip("/").partition("/")
            if head in FAULTS: fault, path = head, "/" + tail
            try:
                if not self.misbehave(fault, path): self.behave(path, parse_qs(split.query), fault)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

    def behave(self, path: str, query: dict, fault: str):
        "What TMDB documents"
        if path.startswith("/t/p/"):
            name = path.rsplit("/", 1)[-1]
            return self.reply(200, picture(name), "image/jpeg") if name.startswith("invented") else self.reply(404, b"")
        if path == "/secret":
            self.server.owner.secret_asked += 1
            return self.reply(200, {"secret": "of this machine's own network"})
        if self.headers.get("Authorization") != f"Bearer {KEY_V4}" and query.get("api_key") != [KEY_V3]:
            return self.fail(401, 7, "Invalid API key: You must be granted a valid key.")
        answer = self.answer(path.strip("/").split("/")[1:], query)
        if answer is None: return self.fail(404, 34, "The resource you requested could not be found.")
        if fault == "null-poster":
            for f in answer.get("results") or answer.get("movie_results") or [answer]: f["poster_path"] = None
        self.reply(200, answer)

    def answer(self, parts: list, query: dict) -> dict | None:
        "The JSON of an address, None where there is none"
        ids = {str(f[0]): f for f in FILMS}
        match parts:
            case ["search", "movie"]:
                text, year = query.get("query", [""])[0].casefold(), query.get("year", [None])[0]
                return page([f for f in FILMS if (text in f[1].casefold() or text in f[2].casefold())
                             and year in (None, str(f[3]))])
            case ["movie", id_] if id_ in ids:
                return details(ids[id_]) | (evening(ids[id_]) if "watch/providers" in query.get("append_to_response", [""])[0] else {})
            case ["movie", id_, "recommendations"] if id_ in ids: return page([f for f in FILMS if f != ids[id_]][:5])
            case ["find", imdb]:  # two in three IMDb ids have one of the invented films
                number = int(imdb[2:]) if imdb[:2] == "tt" and imdb[2:].isdigit() else 0
                found = [film(FILMS[number % (len(FILMS)-1)])] if sum(map(int, str(number))) % 3 else []
                return dict(movie_results=found, person_results=[], tv_results=[], tv_episode_results=[],
                            tv_season_results=[])
            case ["genre", "movie", "list"]: return dict(genres=[{"id": k, "name": v} for k, v in GENRES.items()])
            case ["configuration"]:
                base = f"{self.server.owner.url}/t/p/"
                return dict(change_keys=[], images=dict(base_url=base, secure_base_url=base, poster_sizes=[
                    "w92", "w154", "w185", "w342", "w500", "w780", "original"]))

    def misbehave(self, fault: str, path: str) -> bool:
        "Do the fault; False where the fault is to behave for now"
        server, image = self.server.owner, path.startswith("/t/p/")
        first = server.first(fault, path)
        match fault:
            case "401": self.fail(401, 7, "Invalid API key: You must be granted a valid key.")
            case "404": self.fail(404, 34, "The resource you requested could not be found.")
            case "429": self.fail(429, 25, "Your request count is over the allowed limit.")
            case "429-once" if first: self.fail(429, 25, "Your request count is over the allowed limit.", Retry_After="1")
            case "429-hour": self.fail(429, 25, "Your request count is over the allowed limit.", Retry_After="3600")
            case "500": self.fail(500, 11, "Internal error: Something went wrong, contact TMDB.")
            case "500-once" if first: self.fail(500, 11, "Internal error: Something went wrong, contact TMDB.")
            case "slow": server.closing.wait(60)
            case "drip": self.drip()
            case "cut": self.cut()
            case "wrong-json": self.reply(200, b'{"page": 1, "results": [{"id": 1')
            case "other-json": self.reply(200, {"results": "none", "id": "seven", "page": None})
            case "html": self.reply(200, b"<html><h1>Please log in to this hotel's network</h1></html>", "text/html")
            case "no-image": self.reply(200, b"<svg onload=alert(1)>", "image/jpeg")
            case "huge": self.huge("image/jpeg" if image else "application/json")
            case "bomb": self.reply(200, bomb(), "image/png")
            case "gzip-bomb": self.reply(200, gzip_bomb(), Content_Encoding="gzip")
            case "loop": self.reply(302, b"", Location=self.path)
            case "private": self.reply(302, b"", Location=f"{server.url}/secret")
            case _: return False
        return True

    def drip(self):
        "A byte now and then, for a minute"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(600):
            self.wfile.write(b" ")
            if self.server.owner.closing.wait(.1): break

    def cut(self):
        "Half an answer, then nothing"
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"page": 1, "results": [')
        self.close_connection = True

    def huge(self, kind: str):
        "50 MB of nothing"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(50):
            self.wfile.write(b"f4240\r\n" + bytes(1_000_000) + b"\r\n")
            self.server.owner.bytes_sent += 1_000_000
        self.wfile.write(b"0\r\n\r\n")


class TMDBServer(Loopback):
    "The stand-in, on a free port of this machine"
    key, key_v3 = KEY_V4, KEY_V3

    def __init__(self, port: int = 0, delay: float = 0):
        self.delay = delay
        self.paths, self.times, self.secret_asked, self.bytes_sent = [], [], 0, 0
        self.seen = set()
        bomb(), gzip_bomb(), picture("invented101.jpg")  # made before anybody waits for them
        super().__init__(Handler, port)
        self.url = self.address

    def api(self, fault: str = "") -> str:
        "The API's address, behind a fault if one is named"
        return f"{self.url}/{fault}/3" if fault else f"{self.url}/3"

    def images(self, fault: str = "") -> str:
        "The image server's address, behind a fault if one is named"
        return f"{self.url}/{fault}/t/p" if fault else f"{self.url}/t/p"

    def first(self, fault: str, path: str) -> bool:
        "Whether this path is asked for the first time"
        with self.lock:
            seen, _ = (fault, path) in self.seen, self.seen.add((fault, path))
            return not seen

    @contextmanager
    def counting(self, handler):
        "Count requests, and how many are answered at once"
        handler.arrived()
        with self.lock:
            self.paths.append(unquote(handler.path))
            self.times.append(time.monotonic())
        try:
            if self.delay: time.sleep(self.delay)
            yield
        finally: handler.answered()


def main():
    "Run the stand-in until it is interrupted"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0, help="seconds before every answer")
    args = parser.parse_args()
    with TMDBServer(args.port, args.delay) as server:
        print(f"key {server.key}\napi {server.api()}\nimages {server.images()}\nfaults {' '.join(sorted(FAULTS))}", flush=True)
        try: threading.Event().wait()
        except KeyboardInterrupt: pass


if __name__ == "__main__": main()
