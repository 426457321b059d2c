"""What the README shows was run: its Python, its command lines, its make targets."""
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [(lang, code) for lang, code in re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.M | re.S)]


def test_the_python_runs_and_shows_what_it_says(tmp_path):
    python = "".join(code for lang, code in BLOCKS if lang == "python")
    assert "recommend(" in python
    done = subprocess.run([sys.executable, "-c", python], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    shown = done.stdout.strip().splitlines()
    assert len(shown) == 10
    for line in shown: assert line in TEXT, f"the README does not show {line}"


@pytest.mark.parametrize("line", re.findall(r"^make ([a-z-]+)", TEXT, re.M))
def test_the_make_targets_are_there(line):
    assert subprocess.run(["make", "-n", line], cwd=ROOT, capture_output=True).returncode == 0


def test_make_lets_python_keep_what_it_has_compiled():
    "Also where a container forbids it, see the Makefile"
    said = "said:\n\t@echo kept$$PYTHONDONTWRITEBYTECODE\n"
    # The tests themselves run inside make, and a make inside make says which folder it is in.
    done = subprocess.run(["make", "--no-print-directory", "-f", "Makefile", "-f", "-", "said"], cwd=ROOT, input=said,
                          capture_output=True, text=True, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "MAKELEVEL": "1"})
    assert done.stdout == "kept\n"


def test_the_command_lines_run(tmp_path):
    lines = re.findall(r"`movie-recsys (recommend [^`]+)`", TEXT)
    assert lines
    for line in lines:
        done = subprocess.run([str(Path(sys.executable).parent / "movie-recsys"), *shlex.split(line)],
                              cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0 and "1. " in done.stdout, done.stderr
