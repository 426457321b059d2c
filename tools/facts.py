"""Bring the repository facts of settings.ini to every place that names them: `python tools/facts.py [--check]`.

Badges, Colab links, the citation file and the site name a user and a repository. Whoever adopts the project changes
`user`, `repo`, `version` and `author` in settings.ini alone and runs this. What stood there before is read from
CITATION.cff, which this script writes last.
"""
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = {".md", ".ipynb", ".yml", ".yaml", ".cff", ".toml", ".py", ".txt", ".html"}


def facts() -> dict[str, str]:
    "The facts as settings.ini has them"
    config = ConfigParser(delimiters=["="])
    config.read(ROOT / "settings.ini", encoding="utf-8")
    return dict(config["DEFAULT"])


def replacements(new: dict[str, str]) -> dict[str, str]:
    "What to write for each address that CITATION.cff still has"
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    user, repo = re.search(r"repository-code: \"https://github\.com/([^/]+)/([^\"]+)\"", text).groups()
    old_site = f"https://{user}.github.io/{repo}"
    return {f"github.com/{user}/{repo}": f"github.com/{new['user']}/{new['repo']}",
            f"research.google.com/github/{user}/{repo}": f"research.google.com/github/{new['user']}/{new['repo']}",
            old_site: new["doc_host"] + new["doc_baseurl"]}


def citation(new: dict[str, str]) -> str:
    "CITATION.cff with the version and the author of settings.ini"
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    text = re.sub(r"^version: .*$", f"version: {new['version']}", text, flags=re.M)
    return re.sub(r"^  - name: .*$", f"  - name: \"{new['author']}\"", text, flags=re.M)


def changes() -> dict[Path, str]:
    "The files that are out of step, with what they should say"
    new = facts()
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True)
    found = {}
    for path in (ROOT / name for name in listed.stdout.splitlines()):
        if path.suffix not in TEXT or not path.is_file() or path.name == Path(__file__).name: continue
        text = before = path.read_text(encoding="utf-8")
        if path.name == "CITATION.cff": text = citation(new)
        for old, now in replacements(new).items(): text = text.replace(old, now)
        if text != before: found[path] = text
    return found


if __name__ == "__main__":
    found = changes()
    if "--check" in sys.argv and found:
        sys.exit("Out of step with settings.ini, run `python tools/facts.py`: " + ", ".join(str(p.relative_to(ROOT)) for p in found))
    for path, text in found.items(): path.write_text(text, encoding="utf-8")
