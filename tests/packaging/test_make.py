"""`make` alone tells a newcomer what there is, and the scripts behind it are plain POSIX shell."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted(path for path in (ROOT / "scripts").iterdir() if path.read_bytes().startswith(b"#!/bin/sh"))
TARGETS = {
    *(
        "serve",
        "demo",
        "demo-oauth",
        "test",
        "lint",
        "typecheck",
        "pytest",
        "format",
        "reference",
        "drift",
        "contracts",
        "record",
        "bench",
        "docs",
        "test-all",
        "lock",
        "wheel",
    ),
    *("clean", "help"),
}


def make(*arguments: str) -> str:
    quiet = {variable: value for variable, value in os.environ.items() if not variable.startswith("MAKE")}
    done = subprocess.run(["make", *arguments], cwd=ROOT, env=quiet, capture_output=True, text=True, check=True)
    return done.stdout


def test_make_alone_lists_every_target_with_a_sentence() -> None:
    listed = re.findall(r"^make (\S+) +\S", make(), re.MULTILINE)
    assert set(listed) == TARGETS
    assert make("help") == make()


def test_test_runs_the_linter_the_type_checker_and_pytest() -> None:
    planned = make("--dry-run", "test")
    for command in ("ruff check", "ruff format --check", "mypy", "pytest"):
        assert command in planned


@pytest.mark.parametrize("script", [*SCRIPTS, ROOT / ".ci" / "run"], ids=lambda script: script.name)
def test_every_script_can_be_run(script: Path) -> None:
    assert os.access(script, os.X_OK)
    shell = script.read_text().splitlines()[0].removeprefix("#!").split()
    subprocess.run([*shell, "-n", str(script)], check=True)


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        [ROOT / "scripts" / "python"],
        env={**os.environ, "PYTHON": str(old)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == f"betterauth-py needs Python 3.11 or newer, and PYTHON={old} is not one.\n"


def test_a_newer_python_is_found_beside_an_old_one(tmp_path: Path) -> None:
    for name in ("python3", "python3.12"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    found = shutil.which("python3.11") or shutil.which("python3.13") or shutil.which("python3.14")
    if found is None:
        pytest.skip("no Python with a version in its name here")
    done = subprocess.run(
        [ROOT / "scripts" / "python"],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHON": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).exists()
