"""The repository is in step with itself: exported, cleaned, README made."""
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    "A copy of what git has or would add, so that the checks change nothing here"
    target = tmp_path_factory.mktemp("copy")
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if not (ROOT / name).is_file(): continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    return target


def changed(copy: Path, pattern: str) -> list[str]:
    "The files below the copy that are no longer what they are here"
    paths = [p for p in copy.rglob(pattern) if "__pycache__" not in p.parts]
    return [str(p.relative_to(copy)) for p in paths
            if not (ROOT / p.relative_to(copy)).exists() or p.read_bytes() != (ROOT / p.relative_to(copy)).read_bytes()]


def nbdev(command: str, cwd: Path) -> None:
    "Run one of nbdev's commands, and show what it says if it fails"
    env = {k: v for k, v in os.environ.items() if k != "IN_TEST"}  # set by nbdev's own test runner: it stops nbdev_export
    done = subprocess.run([Path(sys.executable).parent / command], cwd=cwd, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_library_is_what_the_notebooks_export(copy):
    for module in (copy / "movie_recsys").glob("*.py"):
        if module.name != "__init__.py": module.unlink()
    nbdev("nbdev_export", copy)
    missing = {p.name for p in (ROOT / "movie_recsys").glob("*.py")} - {p.name for p in (copy / "movie_recsys").glob("*.py")}
    assert not missing, f"no notebook exports {missing}"
    assert changed(copy, "*.py") == []


def test_the_notebooks_are_clean(copy):
    nbdev("nbdev_clean", copy)
    assert changed(copy, "*.ipynb") == []


def test_no_module_has_a_doubtful_escape(root):
    "Python warns of them, and later versions refuse them"
    for path in sorted((root / "movie_recsys").glob("*.py")):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compile(path.read_text(encoding="utf-8"), path.name, "exec")


def test_the_readme_is_made_from_the_index(root):
    subprocess.run([sys.executable, root / "tools" / "readme.py", "--check"], check=True)


def test_no_notebook_and_no_picture_is_large(root):
    limits = {".ipynb": 1_000_000, ".png": 300_000, ".jpg": 300_000, ".svg": 300_000}
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root, check=True, capture_output=True, text=True)
    paths = [root / name for name in listed.stdout.splitlines()]
    assert [str(p) for p in paths if p.exists() and p.stat().st_size > limits.get(p.suffix, 5_000_000)] == []


def test_nothing_of_this_machine_is_committed(root):
    "No path of a working machine in any text file, stored outputs included"
    words = ["/wo" + "rk/main", "/ro" + "ot/", "/wo" + "rk/shared", "/opt/py" + "pi"]
    found = subprocess.run(["git", "grep", "--untracked", "-lIF", *[a for w in words for a in ("-e", w)]],
                           cwd=root, capture_output=True, text=True)
    assert found.stdout == ""
