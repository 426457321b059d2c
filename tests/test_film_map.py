"""The film map, driven by mouse, finger and keyboard in a real browser (skipped with a message where there is none)."""
import json
import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from movie_recsys.cluster import cluster_numbers, fit_clusters
from movie_recsys.data import TitleNotFoundError, film_label
from movie_recsys.visualize import film_map, film_map_data

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Film map</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>body {{ margin: 12px; {style} }}</style></head>
<body class="{name}"><main><h1>Film map</h1>{body}</main></body></html>"""
HEAT, TOYS = "Heat (1995)", "Toy Story (1995)"
API = "document.querySelector('.film-map').filmMap"


@pytest.fixture(scope="session")
def films(rec): return rec.films


@pytest.fixture(scope="session")
def model(rec): return rec.model


@pytest.fixture(scope="session")
def atlas(films, model):
    return film_map(films, model, picks=[HEAT, TOYS], recommended=["Collateral (2004)", "Toy Story 2 (1999)"])


@pytest.fixture
def show(browser):
    "Open a map in a page of its own; asserts at the end that nothing went wrong in it and nothing was asked of the network"
    contexts, troubles = [], []

    def open_page(fragment, style="background: white", name="", **context):
        contexts.append(browser.new_context(**({"viewport": {"width": 1000, "height": 1000}} | context)))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda e: troubles.append(f"error: {e}"))
        page.on("console", lambda m: troubles.append(f"console: {m.text}") if m.type == "error" else None)
        page.on("dialog", lambda d: (troubles.append(f"dialog: {d.message}"), d.dismiss()))
        page.on("request", lambda r: troubles.append(f"request: {r.url}") if r.url.startswith("http") else None)
        page.set_content(PAGE.format(body=fragment, style=style, name=name))
        page.wait_for_selector(".film-map[data-ready]", timeout=120_000)
        page.evaluate("""() => { window.told = [];
            addEventListener('film-map-select', e => window.told.push(e.detail)); }""")
        return page

    yield open_page
    for context in contexts: context.close()
    assert not troubles


def click_film(page, film_id):
    "Click where a film is drawn"
    x, y = page.evaluate(f"{API}.screen({film_id})")
    box = page.locator("canvas").bounding_box()
    page.mouse.click(box["x"] + x, box["y"] + y)


def told(page): return page.evaluate("window.told")


def test_it_is_small_and_needs_nothing_else(atlas, films, show):
    assert len(atlas.html()) < 900_000
    page = show(atlas.html())
    assert f"{len(films):,} films" in page.locator(".legend-title").inner_text()
    assert page.locator(".chip").count() == 13
    painted = page.evaluate("""() => { const c = document.querySelector('.film-map').shadowRoot.querySelector('canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;
        for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n / (d.length / 4); }""")
    assert painted > .1


def test_marks_may_be_a_table_and_must_be_on_the_map(films, model):
    best = films.nlargest(2, "vote_count")
    assert film_map(films, model, recommended=best).recommended == best.index.tolist()
    with pytest.raises(TitleNotFoundError, match="Toy Story"):
        film_map(films, model, picks=["Toy Storry (1995)"])


def test_any_table_gets_a_map(show):
    table = pd.DataFrame({"title": ["A", "A", "B", None, "C"], "runtime": [90., 100, 110, 95, 200]},
                         index=pd.RangeIndex(1, 6, name="film_id"))
    for films in (table, table.head(1)):
        page = show(film_map(films, fit_clusters(films, min(2, len(films)), n_init=1)).html())
        click_film(page, 1)
        assert told(page)[-1]["film_id"] == 1


def test_search_finds_and_flies(atlas, films, show):
    page = show(atlas.html())
    box = page.get_by_role("combobox", name="Find a film on the map")
    box.fill("amelie")
    assert page.get_by_role("option").first.inner_text().startswith("Amélie (2001)")
    box.fill("heat 1995")
    assert page.get_by_role("option").first.inner_text().startswith(HEAT)
    box.press("ArrowDown")
    assert page.get_by_role("option").first.get_attribute("aria-selected") == "true"
    box.press("Enter")
    page.wait_for_function(f"{API}.view.k > 5")
    assert page.locator(".card-label").inner_text() == HEAT
    assert told(page)[0]["film_id"] == film_label(films)[film_label(films) == HEAT].index[0]
    box.fill("zzzzzz")
    assert page.locator(".none").is_visible()


def test_every_sampled_film_can_be_clicked(atlas, films, show):
    page, right = show(atlas.html()), 0
    sample = [int(i) for i in films.sample(12, random_state=1).index]
    for film_id in sample:
        page.evaluate(f"{API}.mark({{}}), {API}.select({film_id})")
        page.wait_for_function(f"""() => {{ const at = JSON.stringify([{film_id}, {API}.view, {API}.screen({film_id})]), still = at === window.was;
                                           window.was = at; return still && {API}.view.k >= 6; }}""", polling=250)  # the view has come to rest
        click_film(page, film_id)
        right += told(page)[-1]["film_id"] == film_id
    assert right == len(sample)


def test_marks_are_buttons_too(atlas, films, show):
    page = show(atlas.html())
    page.get_by_role("button", name=f"Your pick: {TOYS}. Show it on the map").click()
    assert page.locator(".card-label").inner_text() == TOYS
    assert "pick" in page.locator(".card-mark").inner_text()
    page.get_by_role("button", name="Recommendation 2: Toy Story 2 (1999). Show it on the map").click()
    assert page.locator(".card-mark").inner_text() == "recommendation 2"
    page.evaluate(f"{API}.mark({{picks: [], recommended: []}})")
    assert not page.locator(".marks").is_visible()


def test_legend_hides_and_shows_a_cluster(atlas, films, model, show):
    page = show(atlas.html())
    famous = int(films["vote_count"].idxmax())
    cluster = int(model.labels_[films.index.get_loc(famous)])
    number = cluster_numbers(films, model.labels_)[cluster]
    chip = page.locator(".chip").nth(number - 1)
    assert chip.inner_text() == f"{number}. {model.names_[cluster]}"
    chip.click()
    assert chip.get_attribute("aria-pressed") == "false"
    page.evaluate(f"{API}.mark({{}})")
    click_film(page, famous)
    assert all(t["cluster"] != cluster for t in told(page) if t)
    page.get_by_role("button", name="Show all clusters").click()
    assert chip.get_attribute("aria-pressed") == "true"


def test_legend_has_the_colours_of_the_map(films, model, show):
    "A chip has the colour and the number of its cluster, in whatever order the chips stand"
    data = film_map_data(films, model)
    page = show(film_map(films, model).html())
    colours = 255 * np.array([to_rgb(colour) for colour in data["colours"]])
    near = lambda fill: int(np.abs(colours - [int(part) for part in re.findall(r"\d+", fill)[:3]]).sum(axis=1).argmin())
    fills = [chip.locator("path").get_attribute("fill") for chip in page.locator(".chip").all()]
    assert [data["numbers"][near(fill)] for fill in fills] == list(range(1, 14))


def test_keyboard_alone(atlas, show):
    page = show(atlas.html())
    page.locator("canvas").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator(".card-label").inner_text()
    page.keyboard.press("ArrowRight")
    second = page.locator(".card-label").inner_text()
    assert first and second and first != second and not told(page)
    assert second in page.locator("[aria-live]").inner_text()
    page.keyboard.press("Enter")
    assert told(page)[-1]["label"] == second
    page.keyboard.press("+")
    assert page.evaluate(f"{API}.view.k") > 1.4
    page.keyboard.press("0")
    page.wait_for_function(f"{API}.view.k < 1.01")
    page.keyboard.press("Escape")
    assert not page.locator(".card").is_visible()


def test_wheel_zooms_only_with_the_focus(atlas, show):
    page = show(atlas.html())
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.wheel(0, -300)
    page.wait_for_timeout(100)
    assert page.evaluate(f"{API}.view.k") == 1
    page.mouse.click(box["x"] + 3, box["y"] + 3)
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"{API}.view.k > 1.3")
    before = page.evaluate(f"{API}.view")
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 240, box["y"] + 170, steps=4)
    page.mouse.up()
    after = page.evaluate(f"{API}.view")
    assert after["k"] == before["k"] and after["x"] < before["x"] - 40 and not [t for t in told(page) if t]


@pytest.mark.parametrize("style, name, scheme, night", [
    ("background: white", "", "dark", False), ("background: #111", "", "light", True),
    ("", "dark", "light", True), ("", "", "dark", True), ("", "", "light", False)])
def test_light_and_dark(atlas, show, style, name, scheme, night):
    page = show(atlas.html(), style=style, name=name, color_scheme=scheme)
    assert ("night" in page.locator(".frame").get_attribute("class").split()) == night


def test_it_follows_a_change_of_theme(atlas, show):
    page = show(atlas.html(), style="", color_scheme="light")
    page.evaluate("document.body.classList.add('dark')")
    page.wait_for_selector(".frame.night")


def test_phone(atlas, films, show):
    page = show(atlas.html(), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, device_scale_factor=2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.locator(".legend").is_visible() and page.locator("summary").is_visible()
    film_id = int(film_label(films)[film_label(films) == HEAT].index[0])
    x, y = page.evaluate(f"{API}.screen({film_id})")
    box = page.locator("canvas").bounding_box()
    page.touchscreen.tap(box["x"] + x, box["y"] + y)
    assert page.locator(".card").is_visible() and len(told(page)) == 1


def test_hostile_titles_stay_text(films, show):
    evil = ["</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "\"'`${alert(3)}{{4}}\\", "\u2028</style>\x00"]
    table = films.head(60).copy()
    table["title"] = pd.Series(evil * 15, index=table.index)
    model = fit_clusters(table, 3, n_init=1)
    model.names_[0] = "<b onmouseover=alert(5)>bold</b>"
    page = show(film_map(table, model, picks=[table.index[0]], recommended=[table.index[1]]).html())
    page.get_by_role("combobox").fill("script")
    assert page.get_by_role("option").first.inner_text().startswith(evil[0])
    page.get_by_role("combobox").press("Enter")
    assert page.locator(".card-label").inner_text().startswith(evil[0])
    assert page.locator(".frame img, .frame script, .chip b").count() == 0


def test_nothing_serious_for_axe(atlas, show):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    for style in ("background: white", "background: #0b0d12; color: white"):
        page = show(atlas.html(), style=style)
        page.get_by_role("combobox").fill("toy")
        page.evaluate(f"{API}.select({atlas.picks[0]})")
        found = [v for v in axe.run(page).response["violations"] if v["impact"] in ("serious", "critical")]
        assert not found, json.dumps([(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in found], indent=1)


def test_inside_gradio(atlas, films, browser):
    import gradio as gr
    other = int(films["vote_count"].idxmax())
    with gr.Blocks() as app:
        world, said, move = gr.HTML(**atlas.gradio()), gr.Textbox(label="said"), gr.Button("move the marks")
        def clicked(event: gr.EventData): return f"{event.film_id}: {event.label}"
        world.select(clicked, outputs=said)
        move.click(lambda: {"picks": [other], "recommended": []}, outputs=world)
    _, url, _ = app.launch(prevent_thread_lock=True, quiet=True)
    page = browser.new_page(viewport={"width": 1000, "height": 1000})
    try:
        page.goto(url)
        page.wait_for_selector(".film-map[data-ready]", timeout=120_000)
        assert page.locator(".marks button").count() == 4
        page.get_by_role("combobox", name="Find a film on the map").fill("heat 1995")
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('textarea, input[type=text]').value !== ''", timeout=120_000)
        assert page.get_by_label("said").input_value() == f"{atlas.picks[0]}: {HEAT}"
        page.get_by_role("button", name="move the marks").click()
        page.wait_for_function("document.querySelector('.film-map').shadowRoot.querySelectorAll('.marks button').length === 1")
        page.evaluate("document.body.classList.toggle('dark')")
    finally:
        page.close()
        app.close()
