"""The workflows: valid, safe, pinned, and calling what people call. Everything here works offline."""
import re
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.y*ml"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in WORKFLOWS}


def tool(name: str, *arguments) -> None:
    "Run a checker that is installed beside this Python, and show what it found"
    done = subprocess.run([Path(sys.executable).parent / name, *arguments], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_of_the_workflows():
    tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *WORKFLOWS)


def test_the_schema_of_dependabot():
    tool("check-jsonschema", "--builtin-schema", "vendor.dependabot", GITHUB / "dependabot.yml")


def test_zizmor_finds_nothing():
    tool("zizmor", "--offline", "--no-progress", "--persona", "pedantic", GITHUB)


def test_actions_are_pinned_by_commit_with_the_version_beside_it():
    used = re.findall(r"uses: (.*)", "\n".join(TEXTS.values()))
    assert used and [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []
    assert len({line.split("@")[0] for line in used}) == len(set(used)), "one action stands at two commits"


def test_workflows_call_make_targets_that_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    called = {name for text in TEXTS.values() for name in re.findall(r"run: make ([\w.-]+)", text)}
    assert {"test", "test-lowest", "test-browser", "docs", "dist"} <= called
    assert [name for name in called if not re.search(rf"^{re.escape(name)}:", makefile, re.M)] == []


def test_windows_runs_the_lines_of_make_test():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    arguments = re.search(r"^test:.*\n\t\$\(PYTEST\) (.*)$", makefile, re.M)[1]
    assert f"python -m pytest {arguments}\n" in TEXTS["test"]


def test_the_pythons_of_the_package_are_those_that_are_tested():
    said = re.findall(r"Python :: (3\.\d+)", "\n".join(metadata("movie_recsys").get_all("Classifier")))
    matrix = yaml.safe_load(TEXTS["test"])["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"] == said and len(matrix["os"]) == 3


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_job_may_do_what_it_needs_and_ends(path):
    flow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert flow["permissions"] == {} and "concurrency" in flow
    for name, job in flow["jobs"].items():
        offers = (path.stem, name) == ("films", "offer")  # it puts a file into a release, and runs nothing of the repository
        assert "timeout-minutes" in job and job["permissions"].get("contents", "read") == ("write" if offers else "read")
        assert not offers or not any("checkout" in step.get("uses", "") for step in job["steps"])
