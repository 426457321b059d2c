"""The app in a real browser: what people do with it, and what must never happen (skipped with a message where there is no browser).

`MOVIE_RECSYS_SHOTS=folder pytest tests/test_app_browser.py` keeps the screenshots of the main states in `folder`.
"""
import os
import re
import socket
from pathlib import Path

import pandas as pd
import pytest
from tmdb_server import FILMS, GENRES, TMDBServer

from movie_recsys.app import launch_app
from movie_recsys.recommend import MovieRecommender
from movie_recsys.tmdb import TMDB

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("app")]  # one at a time, in one worker: they share an app
LIGHT_AND_DARK = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture(scope="module")
def outside():
    "Every address off this machine that Python tries to reach while these tests run; none is let through"
    asked, connect, resolve = [], socket.socket.connect, socket.getaddrinfo

    def here(host): return str(host) in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "", "None")

    def guarded(self, address):
        if isinstance(address, tuple) and not here(address[0]):
            asked.append(address)
            raise OSError(f"no network in this test: {address}")
        return connect(self, address)

    def resolved(host, *args, **kwargs):
        if not here(host):
            asked.append(host)
            raise OSError(f"no network in this test: {host}")
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket, "getaddrinfo", resolved)
        yield asked


@pytest.fixture(scope="module")
def rec():
    return MovieRecommender.from_movies(n_init=1)


@pytest.fixture(scope="module")
def serve(outside):
    "Launch apps, and stop them at the end"
    apps = []

    def start(recommender, **options):
        apps.append(launch_app(recommender, block=False, **options))
        return apps[-1].local_url

    yield start
    for app in apps: app.close(verbose=False)


@pytest.fixture(scope="module")
def url(serve, rec, browser):
    return serve(rec)


@pytest.fixture
def shot(request):
    "Keep a picture of the page"
    folder = os.environ.get("MOVIE_RECSYS_SHOTS")
    def keep(page, name, **options):
        if folder: page.screenshot(path=Path(folder)/f"{name}.png", animations="disabled", **options)
    if folder: Path(folder).mkdir(parents=True, exist_ok=True)
    return keep


@pytest.fixture
def visit(browser, url):
    "Open the page; at the end nothing may have gone wrong in it and nothing may have been asked of another machine"
    contexts, troubles = [], []

    def open_page(address=url, query="", **context):
        options = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light", "reduced_motion": "reduce"} | context
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda r: r.url.startswith((address, "data:", "blob:")) or troubles.append(f"asked {r.url[:200]}"))
        page.on("pageerror", lambda e: troubles.append(f"error {e}"))
        page.on("console", lambda m: m.type == "error" and troubles.append(f"console {m.text}"))
        page.on("dialog", lambda d: (troubles.append(f"dialog {d.message}"), d.dismiss()))
        page.goto(address + query)
        page.wait_for_selector("#mr-options img[src]")
        return page

    yield open_page
    for context in contexts: context.close()
    assert not troubles


def pick(page, text, label=None):
    "Type, wait for the completions, take the first (or the one called `label`)"
    page.fill("#mr-text", text)
    page.locator("#mr-found li", has_text=label or "").first.click()


def submit(page):
    page.click("text=Submit")
    page.wait_for_selector("#mr-cards .mr-card img[src]")
    return titles(page)


def titles(page): return page.locator("#mr-cards h3").all_inner_texts()
def chips(page): return page.locator("#mr-chips span").all_inner_texts()
def message(page): return page.locator("#mr-message").inner_text()


def settled(page, act):
    "The titles after the answer to `act` has come"
    before = page.evaluate("Number(document.querySelector('.mr').dataset.answered || 0)")
    act()
    page.wait_for_function("before => Number(document.querySelector('.mr').dataset.answered) > before", arg=before)
    return titles(page)


# Choosing

def test_the_reports_page(visit, shot):
    page = visit()
    assert page.title() == "Movie Recommender System" == page.inner_text("h1")
    assert page.locator("h2", has_text="Select between 1 to 5 Movies").is_visible()
    assert "feel free to write any movie you like" in page.inner_text("#mr-form label")
    assert page.locator("#mr-options input[type=checkbox]").count() == 24
    shot(page, "app-start")


def test_other_suggestions(visit):
    page = visit()
    first = page.locator("#mr-options span").all_inner_texts()
    page.locator("#mr-options input").first.check()
    page.click("text=Other suggestions")
    page.wait_for_function("first => document.querySelector('#mr-options').innerText !== first", arg="\n".join(first))
    assert page.locator("#mr-options input").count() == 24 and page.locator("#mr-options span").all_inner_texts() != first
    assert chips(page) == first[:1]  # what was chosen stays chosen


def test_pick_and_submit(visit):
    page = visit()
    pick(page, "Toy Story", "Toy Story (1995)")
    assert chips(page) == ["Toy Story (1995)"]
    assert "Toy Story 2" in submit(page)[:2] and len(titles(page)) == 5
    because = page.locator(".mr-because").all_inner_texts()
    assert because[0].startswith("Because you picked Toy Story (1995)") and all(because)
    assert page.locator("#mr-heading").evaluate("e => e === document.activeElement")


def test_typos_are_forgiven_and_the_year_is_shown(visit, shot):
    page = visit()
    page.fill("#mr-text", "the matrx")
    page.wait_for_selector("#mr-found li img[src]")
    assert page.locator("#mr-found li").first.inner_text().strip() == "The Matrix (1999)"
    shot(page, "app-typing")


def test_typed_and_submitted_without_picking(visit):
    page = visit()
    page.fill("#mr-text", "narnia")
    submit(page)
    assert "Narnia" in chips(page)[0] and page.input_value("#mr-text") == ""


def test_boxes_and_text_mixed(visit, shot):
    page = visit()
    page.locator("#mr-options input").nth(3).check()
    page.fill("#mr-text", "heat 1995")
    submit(page)
    assert len(chips(page)) == 2 and chips(page)[1] == "Heat (1995)"
    shot(page, "app-mixed", full_page=True)


def test_an_unknown_title_gets_the_nearest(visit, shot):
    page = visit()
    page.fill("#mr-text", "Blade Runnner 2049 again")
    page.click("text=Submit")
    page.wait_for_selector("#mr-message button")
    assert "1940 to 2014" in message(page) and not page.locator("#mr-result").is_visible()
    shot(page, "app-unknown")
    label = page.locator("#mr-message button").first.get_attribute("data-label")
    page.locator("#mr-message button").first.click()
    page.wait_for_selector("#mr-cards img[src]")
    assert chips(page) == [label] and message(page) == ""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("typed, nearest", [("Tenet", "The Net (1995)"), ("Moonlight", "Moonlight Mile (2002)"), ("Past Lives", "Uncle Boonmee"),
                                            ("Deadpool", "The Dead Pool (1988)"), ("Us", "The U.S. vs. John Lennon (2006)"), ("Heat (2004)", "Heat (1995)")])
def test_a_film_that_may_not_be_meant_is_asked_about_in_place(visit, shot, typed, nearest, width):
    page = visit(viewport={"width": width, "height": 900})
    page.fill("#mr-text", typed)
    settled(page, lambda: page.press("#mr-text", "Enter"))
    asked = page.locator("#mr-message")
    assert asked.inner_text().startswith(f"Did you mean {nearest}") and "which end in 2014" in asked.inner_text()
    assert not page.locator("#mr-result").is_visible() and chips(page) == [] and page.input_value("#mr-text") == typed
    page.wait_for_selector("#mr-message .mr-guess img[src]")
    box, form = asked.bounding_box(), page.locator(".mr-write").bounding_box()
    assert 0 <= box["y"] - form["y"] - form["height"] < 40  # right below the box
    assert page.evaluate("document.activeElement.id") == "mr-text" and asked.get_attribute("role") == "alert"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if typed == "Tenet": shot(page, f"app-asked-{width}")
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "mr-guess": break
    page.keyboard.press("Enter")
    page.wait_for_selector("#mr-cards img[src]")
    assert len(chips(page)) == 1 and chips(page)[0].startswith(nearest) and message(page) == "" and page.input_value("#mr-text") == ""


def test_nothing_is_recommended_before_a_question_is_answered(visit):
    page = visit()
    pick(page, "heat 1995")
    page.fill("#mr-text", "Tenet; alien")
    settled(page, lambda: page.press("#mr-text", "Enter"))
    assert not page.locator("#mr-result").is_visible() and chips(page) == ["Heat (1995)"] and titles(page) == []
    page.locator("#mr-message .mr-guess", has_text="The Net (1995)").click()
    page.wait_for_selector("#mr-cards img[src]")
    assert chips(page) == ["Heat (1995)", "The Net (1995)", "Alien (1979)"]  # what else stood on the line is not lost


@pytest.mark.parametrize("width", [1280, 390])
def test_a_namesake_is_said_and_the_others_are_offered(visit, shot, width):
    page = visit(viewport={"width": width, "height": 900})
    page.fill("#mr-text", "the thing")
    assert len(submit(page)) == 5
    assert chips(page) == ["The Thing (1982)"] and message(page).startswith("The Thing (1982), the best known of 2 films of that title.")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_selector("#mr-message .mr-guess img[src]")
    shot(page, f"app-namesake-{width}")
    assert serious(page) == []
    settled(page, lambda: page.locator("#mr-message .mr-guess", has_text="The Thing (2011)").click())
    assert chips(page) == ["The Thing (2011)"] and message(page) == "" and len(titles(page)) == 5


def test_an_exact_label_needs_no_word(visit):
    page = visit()
    page.fill("#mr-text", "The Thing (1982)")
    assert len(submit(page)) == 5 and chips(page) == ["The Thing (1982)"] and message(page) == ""


def test_none_chosen(visit):
    page = visit()
    page.click("text=Submit")
    page.wait_for_selector("#mr-message p")
    assert message(page) == "No movies were selected. Choose between 1 and 5 movies, or type a title."
    assert page.locator("#mr-message").get_attribute("role") == "alert"


def test_more_than_five(visit, shot):
    page = visit()
    for i in range(6): page.locator("#mr-options input").nth(i).check()
    page.click("text=Submit")
    page.wait_for_selector("#mr-message p")
    assert message(page) == "You chose 6 movies. Please select 5 or fewer."
    shot(page, "app-six")
    page.locator("#mr-chips button").first.click()
    assert len(submit(page)) == 5 and message(page) == ""


def test_clear(visit, url):
    page = visit()
    page.click("[data-do=example]")
    page.wait_for_selector("#mr-cards img[src]")
    page.click("text=Clear")
    assert chips(page) == [] and not page.locator("#mr-result").is_visible() and page.url.rstrip("/") == url.rstrip("/")


def test_upload_of_an_export(visit, tmp_path, rec):
    page = visit()
    file = tmp_path/"ratings.csv"
    file.write_text("Date,Name,Year,Letterboxd URI,Rating\n2024-01-05,Heat,1995,https://boxd.it/2a,5\n"
                    "2024-02-01,Casino,1995,https://boxd.it/2b,4.5\n2024-02-02,No Such Film At All,1999,https://boxd.it/2c,3\n")
    page.set_input_files("#mr-file", file)
    page.wait_for_selector("#mr-cards img[src]")
    assert chips(page) == ["Heat (1995)", "Casino (1995)"] and "2 liked" in message(page)
    assert "No Such Film At All (1999)" in message(page)
    assert not {"Heat", "Casino"} & set(titles(page))
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    page.set_input_files("#mr-file", file)
    page.wait_for_function("document.querySelector('#mr-message').innerText.includes('export')")
    file.write_bytes(b"x" * 6_000_000)
    page.set_input_files("#mr-file", file)
    page.wait_for_function("document.querySelector('#mr-message').innerText.includes('larger than 5 MB')")
    assert chips(page) == ["Heat (1995)", "Casino (1995)"]


# The result

@pytest.fixture
def result(visit):
    "A page with five films on it"
    page = visit()
    pick(page, "heat 1995", "Heat (1995)")
    submit(page)
    return page


def test_a_card_says_what_it_must(result, shot):
    card = result.locator("#mr-cards .mr-card").first
    assert re.search(r"\d{4} · \w+", card.locator(".mr-facts").inner_text()) and "of 10" in card.locator(".mr-facts").inner_text()
    link = card.locator("a")
    assert re.fullmatch(r"https://www\.imdb\.com/title/tt\d+/", link.get_attribute("href")) and "noopener" in link.get_attribute("rel")
    card.locator("summary").click()
    card.locator(".mr-parts").wait_for()
    parts = [float(cell) for cell in card.locator(".mr-parts td:last-child").all_inner_texts()]
    assert sum(parts[:-1]) == pytest.approx(parts[-1], abs=.05)
    result.wait_for_timeout(300)
    shot(result, "app-result", full_page=True)


def test_more_like_this_and_back(result):
    first, address = titles(result), result.url
    label = result.locator("[data-do=like]").nth(1).get_attribute("data-label")
    settled(result, lambda: result.locator("#mr-cards [data-do=like]").nth(1).click())
    assert chips(result) == [label] and result.url != address
    assert settled(result, result.go_back) == first and chips(result) == ["Heat (1995)"]


def test_seen_it_brings_the_next_best(result):
    first = titles(result)
    second = settled(result, lambda: result.locator("#mr-cards [data-do=seen]").nth(1).click())
    assert len(second) == 5 and first[1] not in second and first[0] == second[0]
    assert result.evaluate("document.activeElement.dataset.do") == "seen"  # the keyboard stays where it was
    assert settled(result, lambda: result.click("text=Bring them back")) == first


def test_a_link_opens_the_same_list(result, visit):
    settled(result, lambda: result.locator("[data-do=seen]").first.click())
    settled(result, lambda: result.fill("#mr-until", "1999"))
    query = result.url.split("?", 1)[1]
    again = visit(query="?" + query)
    again.wait_for_selector("#mr-cards img[src]")
    assert titles(again) == titles(result) and again.input_value("#mr-until") == "1999" and chips(again) == ["Heat (1995)"]


def test_copy_link(result):
    result.context.grant_permissions(["clipboard-read", "clipboard-write"])
    result.click("text=Copy link")
    result.wait_for_selector("text=Link copied")
    assert result.evaluate("navigator.clipboard.readText()") == result.url


@pytest.mark.parametrize("query", ["?films=999999999999999999999,-1,abc", "?films=%3Cscript%3Ealert(1)%3C/script%3E", "?films=1e309&adventure=nan",
                                   "?text=%3Cimg%20src=x%20onerror=alert(1)%3E", "?films=" + ",".join(map(str, range(3000))), "?table=&seen=[[]]&films="])
def test_a_tampered_link_does_no_harm(visit, query):
    page = visit(query=query)
    assert page.locator("#mr-form").is_visible() and "alert(1)" not in page.inner_html("#mr-cards")


def test_a_link_of_another_table_is_refused(visit):
    page = visit(query="?films=862&table=deadbeef")
    page.wait_for_selector("#mr-message p")
    assert "another table" in message(page)


def test_csv(result):
    with result.expect_download() as download: result.click("text=Save as CSV")
    table = pd.read_csv(download.value.path())
    assert table["Title"].tolist() == titles(result) and {"imdbID", "Year"} < set(table) and table["because"].str.len().min() > 10


# Steering

def test_steering_without_a_button(result, shot):
    older = settled(result, lambda: result.fill("#mr-until", "1980"))
    years = [int(re.match(r"\d{4}", f)[0]) for f in result.locator(".mr-facts").all_inner_texts()]
    assert len(older) == 5 and max(years) <= 1980
    result.locator("summary", has_text="Without").click()
    settled(result, lambda: result.check("input[name=without][value=Drama]"))
    assert not any("Drama" in facts for facts in result.locator(".mr-facts").all_inner_texts())
    shot(result, "app-steered", full_page=True)
    assert "without=Drama" in result.url and "until=1980" in result.url


def test_language_and_dial(result):
    settled(result, lambda: result.select_option("#mr-language", "fr"))
    assert result.locator("#mr-language option:checked").inner_text() == "French"
    settled(result, lambda: result.select_option("#mr-language", ""))
    settled(result, lambda: result.locator("#mr-adventure").fill("1"))
    assert "adventure=1" in result.url


def test_contradicting_filters_are_explained(result, shot):
    settled(result, lambda: (result.fill("#mr-since", "2010"), result.fill("#mr-until", "1950")))
    result.wait_for_selector("#mr-notes .mr-note")
    assert "No film of this table fits all of this" in result.inner_text("#mr-notes") and titles(result) == []
    shot(result, "app-empty", full_page=True)
    assert len(settled(result, lambda: result.click("text=Take the filters away"))) == 5


# Map, clusters, about

def test_map_click_shows_a_film(result, shot):
    result.click("#mr-tab-map")
    result.wait_for_selector("#mr-map-host[data-ready]")
    assert result.locator("#mr-map-host .marks button").count() == 6  # one pick, five recommended
    film = result.evaluate("document.querySelector('#mr-map-host').filmMap.film(40)")
    x, y = result.evaluate("id => { const m = document.querySelector('#mr-map-host').filmMap; m.select(id); return m.screen(id); }", film["film_id"])
    x, y = result.evaluate("id => document.querySelector('#mr-map-host').filmMap.screen(id)", film["film_id"])
    result.locator("#mr-map-host canvas").click(position={"x": x, "y": y})
    result.wait_for_selector("#mr-map-film .mr-card img[src]")
    assert result.inner_text("#mr-map-film h3") in film["label"]
    result.evaluate("scrollTo(0, 0)")
    shot(result, "app-map", full_page=True)
    result.click("#mr-map-film [data-do=pick]")
    result.click("#mr-tab-films")
    assert film["label"] in chips(result)


def test_clusters(visit, rec, shot):
    page = visit()
    page.click("#mr-tab-clusters")
    page.wait_for_selector("#mr-clusters img[src]")
    names = page.locator("#mr-clusters h3").all_inner_texts()
    assert [name.split(". ", 1)[1] for name in names] == rec.model.names_
    shot(page, "app-clusters")
    label = page.locator("#mr-clusters button").first.get_attribute("data-label")
    page.locator("#mr-clusters button").first.click()
    page.wait_for_selector("#mr-cards img[src]")
    assert chips(page) == [label]


def test_about(visit, shot):
    page = visit()
    page.click("#mr-tab-about")
    about = page.inner_text("#mr-about")
    assert "not endorsed, certified, or otherwise approved by TMDB" in about and "1940 to 2014" in about and "CC0" in about
    shot(page, "app-about")


# Everyone

def serious(page):
    "The serious and critical findings of axe-core"
    from axe_playwright_python.sync_playwright import Axe
    found = Axe().run(page).response["violations"]
    return [(v["id"], v["nodes"][0]["html"][:150], v["nodes"][0]["failureSummary"]) for v in found if v["impact"] in ("serious", "critical")]


@LIGHT_AND_DARK
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious_in_any_state(visit, scheme, width, shot):
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900})
    states = {
        "start": lambda: None,
        "typing": lambda: (page.fill("#mr-text", "star"), page.wait_for_selector("#mr-found li"), page.keyboard.press("ArrowDown")),
        "none": lambda: (page.fill("#mr-text", ""), page.keyboard.press("Escape"), page.click("text=Submit"), page.wait_for_selector("#mr-message p")),
        "unknown": lambda: (page.fill("#mr-text", "Blade Runnner 2049 again"), page.press("#mr-text", "Enter"), page.wait_for_selector("#mr-message button")),
        "six": lambda: ([page.locator("#mr-options input").nth(i).check() for i in range(6)], page.fill("#mr-text", ""), page.click("text=Submit"),
                        page.wait_for_function("document.querySelector('#mr-message').innerText.startsWith('You chose 6')")),
        "result": lambda: (page.click("[data-do=example]"), page.wait_for_selector("#mr-cards img[src]")),
        "parts": lambda: (page.locator(".mr-why summary").first.click(), page.wait_for_selector(".mr-parts")),
        "genres": lambda: page.locator("summary", has_text="Only genres").click(),
        "steered": lambda: settled(page, lambda: page.locator("input[name=genres]").first.check()),
        "empty": lambda: settled(page, lambda: (page.fill("#mr-since", "2014"), page.fill("#mr-until", "1940"))),
        "map": lambda: (page.click("#mr-tab-map"), page.wait_for_selector("#mr-map-host[data-ready]")),
        "clusters": lambda: (page.click("#mr-tab-clusters"), page.wait_for_selector("#mr-clusters img[src]")),
        "about": lambda: page.click("#mr-tab-about")}
    for name, reach in states.items():
        reach()
        assert serious(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways at {width} px"


@LIGHT_AND_DARK
def test_phone(visit, shot, scheme):
    page = visit(viewport={"width": 390, "height": 844}, color_scheme=scheme, has_touch=True, is_mobile=True)
    page.tap("[data-do=example]")
    page.wait_for_selector("#mr-cards img[src]")
    page.wait_for_timeout(300)
    shot(page, f"app-phone-{scheme}")
    shot(page, f"app-phone-{scheme}-whole", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate("""[...document.querySelectorAll('#mr-films button, #mr-films input, #mr-films summary, #mr-films select')]
        .map(e => e.closest('label') || e).filter(e => e.checkVisibility()).map(e => [e.getBoundingClientRect().height, e.outerHTML.slice(0, 80)])
        .filter(e => e[0] < 24)""")
    assert small == []  # large enough for a finger


def test_keyboard_alone(visit):
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the films"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "mr-text"
    page.keyboard.type("toy story 1995")
    page.wait_for_selector("#mr-found li")
    page.keyboard.press("ArrowDown")
    chosen = page.evaluate("document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).innerText.trim()")
    page.keyboard.press("Enter")
    assert chips(page) == [chosen]
    page.keyboard.press("Enter")  # submits
    page.wait_for_selector("#mr-cards img[src]")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.do") == "seen": break
    first = titles(page)
    assert settled(page, lambda: page.keyboard.press("Enter")) != first
    page.focus("#mr-tab-films")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "mr-tab-map" and page.locator("#mr-map").is_visible()


def test_lamp(visit, shot):
    page = visit()
    page.click("[data-do=example]")
    page.wait_for_selector("#mr-cards img[src]")
    page.click("[data-do=lamp]")
    assert page.evaluate("getComputedStyle(document.querySelector('.mr')).backgroundColor") == "rgb(18, 19, 22)"
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)
    shot(page, "app-dark", full_page=True)


def test_the_server_goes_away(browser, url):
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#mr-options img[src]")
    page.locator("#mr-options input").first.check()
    page.route(re.compile("component_server"), lambda route: route.abort())
    page.click("text=Submit")
    page.wait_for_function("document.querySelector('#mr-message').innerText.includes('does not answer')")
    assert len(chips(page)) == 1  # what was chosen is still there
    context.close()


# Hostile titles

HOSTILE = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "${alert(1)} {{alert(1)}} @about @steer",
           "' onmouseover='alert(1)", "=HYPERLINK(\"http://evil.example\")", "</style></script><script>alert(1)</script>", "javascript:alert(1)",
           "‮drawkcab", "A" * 300, "😀 映画 فيلم", "&lt;b&gt; &amp; <b>"]


@pytest.fixture(scope="module")
def hostile():
    "A table of sixty films with titles, genres and people that try to become code"
    n = 60
    return MovieRecommender.from_movies(pd.DataFrame({
        "film_id": range(1, n + 1), "title": [HOSTILE[i % len(HOSTILE)] + f" {i // len(HOSTILE)}" * (i >= len(HOSTILE)) for i in range(n)],
        "release_year": [1950 + i for i in range(n)], "genres": [["<b onclick=alert(1)>Drama</b>", "Comedy"][i % 2:] for i in range(n)],
        "directors": [["<script>alert(2)</script>", "\"quoted\""] for _ in range(n)], "original_language": ["en", "<i>", "\" autofocus onfocus=alert(1)"] * 20,
        "vote_average": [5 + i % 5 for i in range(n)], "vote_count": [10 + i for i in range(n)], "runtime": [90 + i for i in range(n)],
        "popularity": [1.0 + i for i in range(n)], "imdb_id": ["javascript:alert(1)", "tt0113277\" onclick=\"alert(1)"] * 30}), n_clusters=4, n_init=1)


def test_hostile_titles_stay_text(visit, serve, hostile, shot):
    page = visit(address=serve(hostile))
    for box in page.locator("#mr-options input").all()[:5]: box.check()
    submit(page)
    page.locator(".mr-why summary").first.click()
    page.wait_for_selector(".mr-parts")
    page.fill("#mr-text", "script")
    page.wait_for_selector("#mr-found li")
    page.hover("#mr-found li")
    page.keyboard.press("Escape")
    with page.expect_download() as download: page.click("text=Save as CSV")
    assert not re.search(r'(^|,)"?[=@]', Path(download.value.path()).read_text(encoding="utf-8"), re.M)
    page.fill("#mr-text", "script (1900)")  # asked about, with hostile titles to press
    settled(page, lambda: page.press("#mr-text", "Enter"))
    assert page.locator("#mr-message .mr-guess").count() > 1 and "<script>alert(2)" in message(page)
    page.fill("#mr-text", "<img src=x onerror=alert(3)> that nobody made")
    page.click("text=Submit")
    page.wait_for_function("document.querySelector('#mr-message').innerText.includes('onerror')")
    page.click("#mr-tab-map")
    page.wait_for_selector("#mr-map-host[data-ready]")
    page.click("#mr-tab-clusters")
    page.wait_for_selector("#mr-clusters img[src]")
    page.click("#mr-tab-films")
    page.wait_for_timeout(500)
    shot(page, "app-hostile", full_page=True)
    assert page.evaluate("document.querySelectorAll('.mr script, .mr img[onerror], .mr svg[onload], .mr [onmouseover], .mr [onclick], .mr [onfocus]').length") == 0
    assert all(not a.startswith("javascript") and "onclick" not in a for a in page.evaluate("[...document.querySelectorAll('.mr a')].map(a => a.outerHTML)"))


# TMDB

@pytest.fixture(scope="module")
def invented():
    "The invented films of the stand-in for TMDB, as a table with TMDB's ids"
    rows = [dict(film_id=id_, title=title, release_year=year, release_date=f"{year}-06-01", genres=[GENRES[g] for g in genres], runtime=runtime,
                 original_language=language, vote_average=6.5, vote_count=10 * id_, popularity=1.0, poster_path=f"/invented{id_}.jpg")
            for id_, title, _, year, genres, runtime, language in FILMS]
    return MovieRecommender.from_movies(pd.DataFrame(rows), n_clusters=2, n_init=1)


def test_real_posters_replace_the_drawn_ones(visit, serve, invented, shot):
    with TMDBServer() as server:
        page = visit(address=serve(invented, tmdb=TMDB(server.key, server.api(), server.images(), cache=False)))
        page.wait_for_selector("#mr-options img[src^='data:image/jpeg']")
        page.locator("#mr-options input").first.check()
        submit(page)
        page.wait_for_selector("#mr-cards img[src^='data:image/jpeg']")
        assert "themoviedb.org/movie/10" in page.locator("#mr-cards a").first.get_attribute("href")
        shot(page, "app-real-posters", full_page=True)


def test_a_title_outside_the_table_is_placed_by_tmdb(visit, serve, rec, shot):
    with TMDBServer() as server:
        tmdb = TMDB(server.key, server.api(), server.images(), cache=False)
        page = visit(address=serve(MovieRecommender(rec.films, rec.model, tmdb=tmdb), tmdb=tmdb))
        page.fill("#mr-text", "Saturn Express")
        submit(page)
        assert "placed among its films by what TMDB says" in page.inner_text("#mr-notes") and len(titles(page)) == 5
        page.locator(".mr-why summary").first.click()
        page.wait_for_selector(".mr-parts")
        shot(page, "app-outside", full_page=True)
        query = page.url.split("?")[1]
        assert "text=Saturn" in query
        again = visit(address=page.url.split("?")[0], query="?" + query)
        again.wait_for_selector("#mr-cards img[src]")
        assert titles(again) == titles(page)
        page.fill("#mr-text", "a film that nobody has ever made")
        page.click("text=Submit")
        page.wait_for_function("document.querySelector('#mr-message').innerText.includes('nobody has ever made')")


@pytest.mark.parametrize("fault", ["500", "slow", "html"])
def test_tmdb_down_or_slow_changes_nothing(visit, serve, rec, fault):
    with TMDBServer() as server:
        page = visit(address=serve(rec, tmdb=TMDB(server.key, server.api(fault), server.images(fault), cache=False)))
        page.click("[data-do=example]")
        page.wait_for_selector("#mr-cards img[src^='data:image/svg']")
        assert len(titles(page)) == 5
        page.fill("#mr-text", "a film that nobody has ever made")
        page.click("text=Submit")
        page.wait_for_function("document.querySelector('#mr-message').innerText.includes('nobody has ever made')", timeout=30_000)


def test_nothing_left_this_machine(visit, outside):
    page = visit()
    pick(page, "heat 1995")
    submit(page)
    assert outside == []
