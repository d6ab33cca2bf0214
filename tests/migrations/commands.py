"""The commands `betterauth` and `alembic`."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from betterauth_py.cli import main
from tests.store.support import ORIGIN, SECRET

ROOT = Path(__file__).resolve().parents[2]
_OURS = ("BETTER_AUTH_", "DATABASE_URL", "NODE_ENV", "AUTH_SECRET")


@dataclass
class Done:
    """How a command ended."""

    code: int
    output: str
    errors: str


class Command:
    """`betterauth` without the second that a new process takes to start."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, url: str, *arguments: str, toml: str = "") -> Done:
        (self._folder / "betterauth.toml").write_text(toml)
        self._capsys.readouterr()
        with self._monkeypatch.context() as patched:
            patched.chdir(self._folder)
            for name in os.environ:
                if name.startswith(_OURS):
                    patched.delenv(name)
            for name, value in environment(url).items():
                patched.setenv(name, value)
            code = main(arguments)
        captured = self._capsys.readouterr()
        return Done(code, captured.out, captured.err)


def environment(url: str) -> dict[str, str]:
    """The environment without a developer's own settings, with the database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    settings = {"DATABASE_URL": url, "BETTER_AUTH_SECRET": SECRET, "BETTER_AUTH_URL": ORIGIN, "PYTHONPATH": str(ROOT)}
    return kept | settings


def start(folder: Path, url: str, *arguments: str) -> subprocess.Popen[str]:
    """Start `betterauth` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "betterauth_py", *arguments],
        cwd=folder,
        env=environment(url),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def end_of(process: subprocess.Popen[str]) -> Done:
    """Wait for the process."""
    output, errors = process.communicate(timeout=60)
    return Done(process.returncode, output, errors)


def alembic(url: str, *arguments: str) -> Done:
    """Run Alembic's own command at the top of the repository, with no other setting than the database."""
    process = subprocess.Popen(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env=environment(url) | {"BETTER_AUTH_CONFIG": os.devnull},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    return end_of(process)
