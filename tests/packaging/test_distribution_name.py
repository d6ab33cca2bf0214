"""What the documents tell to install is what pyproject.toml names."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

from betterauth_py._version import DISTRIBUTION

ROOT = Path(__file__).parents[2]
NAME: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["name"]
# `pip install NAME`, and NAME with an extra.
INSTALLED = re.compile(r"pip install [\"'`]?(better[\w-]*)|\b(betterauth[\w-]*)\[+\w+[,\]]")


def likeness(name: str) -> str:
    """What the index compares: names whose likeness is the same are refused."""
    return re.sub(r"[-_.]", "", name.lower()).translate(str.maketrans("il0", "11o"))


def test_every_document_installs_what_the_project_is_called() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    texts = {path: (ROOT / path).read_text() for path in tracked if path.endswith((".md", ".py", ".service", ".toml"))}
    named = {
        (path, first or second)
        for path, text in texts.items()
        if path != "tests/packaging/test_distribution_name.py"
        for first, second in INSTALLED.findall(text)
    }
    assert ("README.md", NAME) in named
    assert {(path, name) for path, name in named if name != NAME and not name.endswith("_py")} == set()
    assert NAME == DISTRIBUTION


def test_the_name_is_not_one_that_is_taken_under_another_spelling() -> None:
    taken = ("better-auth", "better-auth-py", "better-auth-server", "better-auth-client", "better-auth-litestar")
    assert likeness("betterauth_py") == likeness("better-auth-py")
    assert likeness(NAME) not in {likeness(name) for name in taken}
