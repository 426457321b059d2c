"""Publishing: what would be uploaded, what arrives at a Hub, what comes back, and a Space that runs on its own."""
import filecmp
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import huggingface_hub
import huggingface_hub.constants
import pytest
import yaml
from hub_server import hub_server

from movie_recsys.cluster import fit_clusters
from movie_recsys.data import MovieDataError, ServiceError, load_movies
from movie_recsys.preprocess import clean_movies
from movie_recsys.publish import build_space, contents, push_dataset, push_space, write_dataset
from movie_recsys.recommend import MovieRecommender

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ["Toy Story", "Finding Nemo"]


@pytest.fixture(scope="module")
def rec() -> MovieRecommender:
    "A recommender over the best-known bundled films: few, so that it is quick to send them"
    films = clean_movies(load_movies()).films.nlargest(1500, "vote_count").sort_index()
    return MovieRecommender(films, fit_clusters(films, n_init=1))


@pytest.fixture
def hub(monkeypatch, tmp_path):
    "A Hub on loopback; large files go by LFS, the protocol that can be spoken without Hugging Face's own storage"
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_XET", True)
    with hub_server() as (address, hub):
        hub.address = address
        yield hub


def files_below(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in contents(folder)["file"]}


def front_matter(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8").split("---")[1])


def test_a_dataset_arrives_byte_for_byte(rec, hub, tmp_path):
    address = push_dataset(rec, "anna/films", token=hub.token, endpoint=hub.address)
    assert address == f"{hub.address}/datasets/anna/films"
    sent = {name: data for name, data in hub.files("datasets/anna/films").items() if name != ".gitattributes"}
    assert sent == files_below(write_dataset(rec, tmp_path, "anna/films"))
    assert hub.made[0]["type"] == "dataset" and len(hub.commits) == 1
    assert hub.token not in repr(sent)


def test_what_is_gone_from_the_folder_goes_from_the_hub(rec, hub):
    hub.files("spaces/anna/films")["old_module.py"] = b"print('from an earlier version')"
    planned = push_space("anna/films", dry_run=True)
    assert hub.requests == []
    push_space("anna/films", token=hub.token, endpoint=hub.address)
    assert sorted(hub.files("spaces/anna/films")) == sorted([".gitattributes", *planned["file"]])
    assert hub.made[0]["sdk"] == "gradio"


@pytest.mark.parametrize("token, says", [("hf_wrong", r"refused \(401\).*HF_TOKEN"), (False, r"refused \(401\)|no token was found")])
def test_a_refusal_is_one_line_without_the_token(rec, hub, token, says):
    with pytest.raises(ServiceError, match=says) as refused:
        push_dataset(rec, "anna/films", token=token, endpoint=hub.address)
    assert "hf_" not in str(refused.value) and "\n" not in str(refused.value)
    assert hub.commits == []


def test_a_hub_that_is_not_there(rec):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ServiceError, match="cannot be reached"):
        push_dataset(rec, "anna/films", token="hf_any", endpoint=address)


def test_a_dataset_comes_back_from_a_hub(rec, hub, tmp_path):
    "In a process of its own, since huggingface_hub reads HF_ENDPOINT once, when it is imported"
    pytest.importorskip("datasets")
    push_dataset(rec, "anna/films", token=hub.token, endpoint=hub.address)
    code = f"""
import json
from movie_recsys import MovieRecommender
rec = MovieRecommender.load("hf://anna/films")
found = rec.recommend({SEEDS!r}, n=10)
print(json.dumps([len(rec.films), rec.model.names_, rec.model.labels_.tolist(), found.index.tolist()]))
"""
    env = os.environ | {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    films, names, labels, found = json.loads(done.stdout.splitlines()[-1])
    assert (films, names, labels) == (len(rec.films), rec.model.names_, rec.model.labels_.tolist())
    assert found == rec.recommend(SEEDS, n=10).index.tolist()


def test_a_local_folder_is_a_dataset(rec, tmp_path):
    datasets = pytest.importorskip("datasets")
    folder = write_dataset(rec, tmp_path / "films")
    table = datasets.load_dataset(str(folder), split="train", cache_dir=str(tmp_path / "cache")).to_pandas()
    assert table["title"].tolist() == rec.films["title"].tolist()
    assert table["cluster"].tolist() == rec.model.labels_.tolist()
    assert [list(names) for names in table["genres"]] == rec.films["genres"].tolist()
    again = MovieRecommender.load(folder)
    assert again.recommend(SEEDS, n=10).index.tolist() == rec.recommend(SEEDS, n=10).index.tolist()


def test_two_folders_of_one_name_are_two_datasets(rec, tmp_path):
    "The cache of the datasets library tells folders apart by their names and cards, not by their rows"
    pytest.importorskip("datasets")
    half = MovieRecommender(rec.films.iloc[::2], fit_clusters(rec.films.iloc[::2], n_clusters=5, n_init=1))
    folders = [write_dataset(r, tmp_path / str(i) / "films") for i, r in enumerate([rec, half])]
    assert [len(MovieRecommender.load(folder).films) for folder in folders] == [len(rec.films), len(half.films)]


def test_the_card_tells_the_truth(rec, tmp_path):
    card = (write_dataset(rec, tmp_path, "anna/films") / "README.md").read_text(encoding="utf-8")
    assert f"{len(rec.films):,} films" in card and "CC0" in card
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in card.splitlines() if line.startswith("|")]
    assert {row[0] for row in rows} >= {"film_id", *rec.films.columns, "cluster", "cluster_name"}
    sizes = {int(row[0]): int(row[2]) for row in rows if row[0].isdigit()}
    assert sizes == dict(enumerate(((rec.model.labels_ == c).sum() for c in range(rec.model.n_clusters))))
    assert huggingface_hub.DatasetCard(card).data.license == "cc0-1.0"


def test_films_of_your_own_need_a_licence(rec):
    mine = MovieRecommender(rec.films.copy(), rec.model)
    mine.films.attrs["source"] = "mine.csv"
    with pytest.raises(MovieDataError, match="licence"): push_dataset(mine, "anna/films", dry_run=True)
    assert len(push_dataset(mine, "anna/films", license="cc-by-4.0", dry_run=True)) == 3


KEPT = ["README.md", "app.py", "requirements.txt"]


def test_space_is_what_build_space_writes(tmp_path):
    "The three files that are kept: the package and the licence are laid in when it is built. Only the tested versions may differ: those in space/ are moved by dependabot, and proved by the slow test below"
    built, kept = build_space(tmp_path / "space"), ROOT / "space"
    tracked = subprocess.run(["git", "ls-files", "space"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert not tracked or sorted(tracked) == [f"space/{f}" for f in KEPT]
    differ = [f for f in KEPT if not filecmp.cmp(kept / f, built / f, shallow=False)]
    assert set(differ) <= {"requirements.txt", "README.md"}, f"{differ}: make space"
    names = lambda folder: re.findall(r"^([\w-]+)==", (folder / "requirements.txt").read_text("utf-8"), re.M)  # noqa: E731
    assert names(kept) == names(built)
    unversioned = [{k: v for k, v in front_matter(f / "README.md").items() if k != "sdk_version"} for f in (kept, built)]
    assert unversioned[0] == unversioned[1]
    sdk = front_matter(kept / "README.md")["sdk_version"]
    assert f"gradio=={sdk}\n" in (kept / "requirements.txt").read_text("utf-8"), "sdk_version and Gradio go together"


def test_a_space_replaces_a_space_and_nothing_else(tmp_path):
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(MovieDataError, match="not one of our Spaces"): build_space(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["diary.txt"]
    (build_space(tmp_path / "space") / "left_over.py").write_text("")
    assert not (build_space(tmp_path / "space") / "left_over.py").exists()


def test_a_space_starts_from_its_folder_alone(rec, tmp_path):
    "app.py imports the copy of the package beside it, not the one that is installed, and reads the model beside it"
    space = build_space(tmp_path / "space", rec)
    code = "import app, gradio, movie_recsys; print(movie_recsys.__file__); print(isinstance(app.app, gradio.Blocks))"
    done = subprocess.run([sys.executable, "-c", code], cwd=space, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    where, what = done.stdout.split()
    assert Path(where).is_relative_to(space) and what == "True"


def wait_for(address: str, process: subprocess.Popen, seconds: int = 120) -> str:
    "The page at an address, once it answers"
    for _ in range(seconds):
        assert process.poll() is None, process.stdout.read()
        try: return urllib.request.urlopen(address, timeout=5).read().decode()
        except OSError: time.sleep(1)
    raise AssertionError(f"nothing answered at {address}")


@pytest.mark.slow
@pytest.mark.browser
def test_a_space_runs_with_nothing_but_its_requirements(browser, tmp_path):
    "A fresh environment with the kept requirements alone runs the folder as it is built, and the page answers"
    space = build_space(tmp_path / "space")
    for name in KEPT: shutil.copyfile(ROOT / "space" / name, space / name)
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, tmp_path / "env"], check=True)
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([uv, "pip", "install", "--quiet", "--python", python, "-r", space / "requirements.txt"], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "TMDB", "MOVIE_RECSYS"))}
    env |= {"GRADIO_SERVER_PORT": str(port), "HF_HUB_OFFLINE": "1", "MOVIE_RECSYS_CACHE": str(tmp_path / "cache")}
    app = subprocess.Popen([python, "app.py"], cwd=space, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        wait_for(f"http://127.0.0.1:{port}", app)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        outside, errors = [], []
        page.on("request", lambda r: outside.append(r.url) if not re.match(rf"(http://127\.0\.0\.1:{port}|data:|blob:)", r.url) else None)
        page.on("pageerror", lambda e: errors.append(str(e)))
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_text("Movie Recommender").first.wait_for(timeout=120_000)
        page.get_by_text("Toy Story + Finding Nemo").click()
        page.get_by_text("Because you picked").first.wait_for(timeout=120_000)
        page.screenshot(path=os.environ.get("SPACE_SCREENSHOT", tmp_path / "space.png"))
        page.close()
        assert errors == [] and outside == []
    finally:
        app.kill()
        app.wait()
