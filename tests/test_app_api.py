"""The app for programs: gradio_client, MCP, and starting it from the command line."""
import ast
import asyncio
import base64
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import requests
from gradio.utils import get_upload_folder
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from movie_recsys.app import FilmPage, MovieApp, answer, build_app, gradio_function, launch_app, players, read_upload
from movie_recsys.data import MovieRecsysError
from movie_recsys.report import Report
from movie_recsys.taste import Taste

NONE = "No movies were selected. Choose between 1 and 5 movies, or type a title."
SIX = "You chose 6 movies. Please select 5 or fewer."


@pytest.fixture(scope="module")
def app(rec):
    try: import mcp  # noqa: F401
    except ImportError: mcp = None
    app = launch_app(rec, mcp=mcp is not None, block=False)
    yield app
    app.close(verbose=False)


@pytest.fixture(scope="module")
def client(app):
    return Client(app.local_url, verbose=False)


def test_build_app_launches_nothing(rec):
    app = build_app(rec)
    assert not app.is_running and app.title == "Movie Recommender"


def test_gradio_shows_nobody_who_asked_what(app, client):
    client.predict(["Toy Story (1995)"], "", api_name="/recommend_movie")
    for page, status in (("gradio_api/runs", 404), ("monitoring", 403), ("monitoring/summary", 403)):
        assert requests.get(f"{app.local_url}{page}", timeout=20).status_code == status
    assert app._queue.cached_event_analytics_summary == {"functions": {}}  # and makes no table of all calls


def test_the_reports_recommend_movie(client, rec):
    "Five titles drawn from the clusters of the given films; a typed title comes first"
    own = lambda title: set(rec.films["title"][rec.model.labels_ == Report(rec).get_label_by_name(title)])  # noqa: E731
    titles = client.predict(["Toy Story (1995)"], "", api_name="/recommend_movie")
    assert len(titles) == 5 and set(titles) <= own("Toy Story (1995)") - {"Toy Story"}
    assert len(client.predict(["Toy Story (1995)"], api_name="/recommend_movie")) == 5  # text has a default
    assert set(client.predict(["Toy Story (1995)"], "heat 1995", api_name="/recommend_movie")) <= own("Heat (1995)")
    assert len(client.predict([], "narnia", api_name="/recommend_movie")) == 5


def test_the_reports_gradio_function(client, rec):
    page = FilmPage(rec)
    stacked = gradio_function(page, ["Toy Story (1995)"], "")
    assert isinstance(stacked, np.ndarray) and stacked.shape == (5 * 513, 342, 3) and stacked.dtype == np.uint8
    picture = Image.open(client.predict(["Toy Story (1995)"], "", api_name="/gradio_function"))
    assert picture.size == (342, 5 * 513)
    assert gradio_function(page, [], "") == client.predict([], "", api_name="/gradio_function") == NONE
    assert gradio_function(page, list(page.labels[:6]), "") == client.predict(list(page.labels[:6]), "", api_name="/gradio_function") == SIX
    assert "qqqq zzzz" in client.predict([], "qqqq zzzz", api_name="/gradio_function")


def test_find_recommend_explain(client, rec):
    found = client.predict("the matrx", 3, api_name="/find")
    assert found[0]["label"] == "The Matrix (1999)" and len(found) <= 3 and set(found[0]) == {"film_id", "title", "year", "label", "score", "match", "sure", "asked"}
    assert found[0]["sure"] and not any(film["sure"] for film in client.predict("Tenet", 3, api_name="/find"))
    assert client.predict("Tenet", 3, api_name="/find")[0]["asked"] == "Did you mean The Net (1995)? Tenet is not among these films, which end in 2014."
    with pytest.raises(AppError, match="Did you mean The Net"): client.predict(["Tenet"], api_name="/recommend")
    first = client.predict(["halloween", "Heat (1995)"], n=1, api_name="/recommend")[0]
    assert first["seeds"] == ["Halloween (1978)", "Heat (1995)"] and first["understood"] == ["Halloween (1978), the best known of 2 films of that title"]
    films = client.predict(["Heat (1995)", "Casino"], n=4, exclude_genres=["Drama"], last_year=1999, adventure=.5, api_name="/recommend")
    assert len(films) == 4 and all(f["year"] <= 1999 and "Drama" not in f["genres"] and f["because"] for f in films)
    label = f"{films[0]['title']} ({films[0]['year']})"
    for adventure in (.5, 1):
        reasons = client.predict(["Heat (1995)", "Casino"], label, adventure, api_name="/explain")
        assert {"seed", "block", "shared", "share"} == set(reasons[0]) and all(r["shared"] for r in reasons)
        assert sum(r["share"] for r in reasons) == pytest.approx(rec.score(["Heat (1995)", "Casino"], adventure)[films[0]["film_id"]], abs=1e-4)


@pytest.fixture(scope="module")
def taste(rec):
    "An invented taste: 60 crime films liked, one romance not, thirty films wanted"
    known = rec.films.nlargest(1200, "vote_count")
    of = lambda genre: known[known["genres"].map(lambda names: genre in names)].index  # noqa: E731
    liked = of("Crime")[:60]
    return Taste(liked=dict.fromkeys(liked, .9), disliked={of("Romance").difference(liked, sort=False)[0]: 1}, seen=dict.fromkeys(liked, 1),
                 watchlist=known.index.difference(liked, sort=False)[:30].tolist(), source="Letterboxd")


def test_a_taste_comes_as_json_with_the_question(client, rec, taste):
    "The endpoints keep nothing: the same list as in the library, for whoever sends the same text"
    found = client.predict([], n=4, taste=taste.to_json(), api_name="/recommend")
    assert [film["film_id"] for film in found] == rec.recommend(taste, n=4).index.tolist() and all(film["because"].startswith("Because you liked") for film in found)
    label = f"{found[0]['title']} ({found[0]['year']})"
    other = client.predict([], n=4, taste=taste.to_json(), disliked=[label], api_name="/recommend")
    assert [film["film_id"] for film in other] == rec.recommend(taste, n=4, disliked=[label]).index.tolist() != [film["film_id"] for film in found]
    tonight = client.predict([], n=1, taste=taste.to_json(), longest=100, from_watchlist=True, api_name="/recommend")
    assert tonight[0]["film_id"] in taste.watchlist.index and rec.films.loc[tonight[0]["film_id"], "runtime"] <= 100
    parts = client.predict([], label, taste=taste.to_json(), api_name="/explain")
    assert sum(part["share"] for part in parts) == pytest.approx(found[0]["score"], abs=1e-4)
    assert "Toy Story 2" in [film["title"] for film in client.predict(["Toy Story (1995)"], taste=taste.to_json(), api_name="/recommend")]


def test_not_for_me(client, rec):
    first = client.predict(["Heat (1995)"], api_name="/recommend")
    label = f"{first[1]['title']} ({first[1]['year']})"
    found = client.predict(["Heat (1995)"], disliked=[label], api_name="/recommend")
    assert [film["film_id"] for film in found] == rec.recommend(["Heat (1995)"], disliked=[label]).index.tolist() and first[1]["film_id"] not in [film["film_id"] for film in found]


def test_several_people(client, taste):
    found = client.predict([["Toy Story (1995)", "Up (2009)"], []], ["", taste.to_json()], ["Ana", "Ben"], n=6, api_name="/recommend_together")
    assert len(found) == 6 and {film["serves"] for film in found} <= {"for both", "for Ana", "for Ben"} and not {"Toy Story", "Up"} & {film["title"] for film in found}
    assert all(film["because"].startswith(f"F{film['serves'][1:]}: ") for film in found)
    for wrong, said in (([["Heat"]], "two to ten people"), ([["Heat"], []], "No movies were selected"), ([["Heat"], ["Tenet"]], "Did you mean The Net")):
        with pytest.raises(AppError, match=said): client.predict(wrong, api_name="/recommend_together")


@pytest.mark.parametrize("wrong", ["<script>", '{"taste": 2}', '{"taste": 1, "liked": {"1": 7}}', '{"taste": 1, "liked": [1]}', "[" * 100_000, "1" * 3_000_000])
def test_a_text_that_is_no_taste_is_refused_in_a_sentence(client, rec, wrong):
    with pytest.raises(AppError, match="taste"): client.predict([], taste=wrong, api_name="/recommend")
    page = FilmPage(rec)
    assert "taste" in answer(page, {"taste": wrong})["fault"] and "taste" in answer(page, {"films": [], "guest": {"taste": wrong}})["fault"]


def test_nothing_of_a_taste_is_logged_or_written(rec, taste, tmp_path, capfd, caplog):
    caplog.set_level(0)
    page, text = FilmPage(rec), taste.to_json()
    kept = lambda: {p for p in Path(get_upload_folder()).rglob("*") if p.is_file() and p.suffix != ".png"}  # noqa: E731  (pictures are of posters)
    before = kept()
    rated = "Date,Name,Year,Letterboxd URI,Rating\n2024-01-05,Heat,1995,https://boxd.it/2a,5\n"
    read = read_upload(page, {"files": [{"name": "ratings.csv", "data": base64.b64encode(rated.encode()).decode()}]})
    assert Taste.from_json(read["taste"]).liked.index.tolist() == rec.resolve("Heat (1995)")
    assert answer(page, {"taste": text})["asked"] and "taste" not in answer(page, {"taste": text})
    said = "".join(capfd.readouterr()) + caplog.text
    assert before == kept() and "Heat" not in said and not any(str(film) in said for film in taste.liked.index)


def test_the_reports_own_page(rec):
    "26 films to tick, a text box, five posters in one picture, or the message"
    app = launch_app(rec, report=True, block=False)
    try:
        client = Client(app.local_url, verbose=False)
        ticks = next(part["props"]["choices"] for part in app.config["components"] if part["type"] == "checkboxgroup")
        assert len(ticks) == 26
        for asked in (([ticks[0][1]], ""), ([], "Narnia")): assert Image.open(client.predict(*asked, api_name="/gradio_function")).size == (342, 5 * 513)
        with pytest.raises(AppError, match=re.escape(NONE)): client.predict([], "", api_name="/gradio_function")
    finally: app.close(verbose=False)


@pytest.mark.parametrize("arguments, sentence", [(([], ), NONE), ((["No such film at all"], ), "No such film at all"),
                                                 ((["Heat", "Casino", "Alien (1979)", "Toy Story (1995)", "The Matrix (1999)", "Jaws"], ), SIX)])
def test_an_error_is_a_sentence(client, arguments, sentence):
    with pytest.raises(AppError, match=re.escape(sentence)): client.predict(*arguments, api_name="/recommend")


def test_the_api_is_typed_and_has_examples(client):
    api = client.view_api(return_format="dict")["named_endpoints"]
    assert set(api) == {"/recommend_movie", "/gradio_function", "/find", "/recommend", "/recommend_together", "/wish", "/explain"}
    for name, endpoint in api.items():
        for p in endpoint["parameters"]: assert p["python_type"]["type"] not in ("Any", ""), (name, p)
        assert endpoint["description"]
    first = api["/recommend_movie"]["parameters"][0]
    assert first["parameter_name"] == "movie_list" and first["example_input"] == ["Toy Story (1995)"]


def test_mcp_with_a_real_client(app):
    pytest.importorskip("mcp")
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def use():
        async with streamable_http_client(f"{app.local_url}gradio_api/mcp/") as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = {t.name: t for t in (await session.list_tools()).tools}
            call = session.call_tool
            return (tools, await call("recommend_movie", {"movie_list": ["Toy Story (1995)"]}), await call("gradio_function", {"selected_movies": ["Toy Story (1995)"]}),
                    await call("recommend", {"films": []}), await call("recommend_together", {"people": [["Heat (1995)"], ["Toy Story (1995)"]], "n": 3}))

    with ThreadPoolExecutor() as pool: tools, titles, picture, refused, shared = pool.submit(asyncio.run, use()).result()
    assert set(tools) == {"recommend_movie", "gradio_function", "find", "recommend", "recommend_together", "wish", "explain"}
    for tool in tools.values():
        assert len(tool.description) > 40
        assert all(len(p.get("description", "")) > 15 for p in tool.inputSchema["properties"].values()), tool.name
        assert not any("Heat" in str(p.get("enum")) for p in tool.inputSchema["properties"].values())
    assert len(ast.literal_eval(titles.content[0].text)) == 5 and not titles.isError
    assert picture.content[0].type == "image"
    assert refused.isError and "No movies were selected" in refused.content[0].text
    assert not shared.isError and {film["serves"] for film in ast.literal_eval(shared.content[0].text)} <= {"for both", "for person 1", "for person 2"}


def test_ports(rec, app):
    taken = app.server_port
    with pytest.raises(MovieRecsysError, match=f"Port {taken}"): launch_app(rec, port=taken, block=False)
    other = launch_app(rec, block=False)
    assert other.server_port != taken
    other.close(verbose=False)


def test_an_mcp_server_whose_port_is_taken_at_the_last_moment_is_made_anew(rec, monkeypatch):
    pytest.importorskip("mcp")
    launch, launched = MovieApp.launch, []

    def late(app, **kwargs):
        launched.append(app)
        if len(launched) == 1: raise OSError("Cannot find empty port in range: 7860-7959.")
        return launch(app, **kwargs)
    monkeypatch.setattr(MovieApp, "launch", late)
    app = launch_app(rec, mcp=True, block=False)
    app.close(verbose=False)
    assert len(launched) == 2 and launched[0] is not app is launched[1]


def test_only_this_machine_is_listened_to(app):
    assert app.server_name == "127.0.0.1" and app.share is False and app.analytics_enabled is False


@pytest.mark.slow
def test_from_the_command_to_an_answering_page():
    "How long a person waits is printed; on a quiet machine it is under 6 seconds"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start, body = time.monotonic(), ""
    with subprocess.Popen([str(Path(sys.executable).parent/"movie-recsys"), "app", "--port", str(port)], env={**os.environ, "PYTHONUNBUFFERED": "1"},
                          stdout=subprocess.DEVNULL) as process:
        try:
            while time.monotonic() - start < 120:
                try:
                    body = urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read().decode()
                    break
                except OSError: time.sleep(.05)
            print(f"the page answered after {time.monotonic() - start:.1f} s")
            assert "Movie Recommender" in body
        finally: process.terminate()


@pytest.mark.parametrize("variable, ready", [("", False), ("TMDB_API_TOKEN", True)])
def test_tmdb_is_used_only_with_a_key(monkeypatch, variable, ready):
    from movie_recsys.app import client_from_environment
    monkeypatch.delenv("TMDB_API_TOKEN", raising=False)
    monkeypatch.delenv("TMDB_API_KEY", raising=False)
    if variable: monkeypatch.setenv(variable, "invented.token")
    assert (client_from_environment() is not None) is ready


def test_a_client_is_given_to_the_app_alone(rec):
    client = object.__new__(type("Client", (), {"ready": False, "trouble": None}))
    assert FilmPage(rec, client).rec.tmdb is client and rec.tmdb is None


def test_cards_name_players_only_where_the_table_tells_who_leads():
    names = ["Joan Crawford", "Jack Carson", "Zachary Scott", "Eve Arden"]
    row = lambda cast: pd.Series({"cast": cast, "directors": ["Michael Curtiz"]})  # noqa: E731
    assert players(row(names)) == names[:2] and players(row(sorted(names))) == [] and players(row(["Tom Hanks", "Tim Allen"])) == ["Tom Hanks", "Tim Allen"]
    assert players(row(["Michael Curtiz", *names])) == names[:2] and players(row(None)) == []
