"""The virtual environment in which the PyPI package `better-auth-server` runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PACKAGES = ("better-auth-server[litestar,sqlalchemy]", "asyncpg", "uvicorn", "uvloop", "httptools")
_FOLDER = ROOT / ".cache" / "benchmarks" / f"pypi-{sys.version_info.major}.{sys.version_info.minor}"


class PypiEnvironmentError(Exception):
    """The package cannot be installed here."""


def pypi_python() -> Path:
    """Return the Python that has the package, after installing it if need be.

    Raises:
        PypiEnvironmentError: saying why that failed.
    """
    python = _FOLDER / "bin" / "python"
    if not (_FOLDER / "installed").exists():
        steps = (
            [sys.executable, "-m", "venv", "--clear", str(_FOLDER)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *_PACKAGES],
        )
        for step in steps:
            done = subprocess.run(step, capture_output=True, text=True, check=False)
            if done.returncode:
                raise PypiEnvironmentError(done.stderr.strip()[-500:])
        (_FOLDER / "installed").touch()
    return python


def pypi_version() -> str:
    """Return the package's version."""
    code = "from importlib.metadata import version; print(version('better-auth-server'))"
    done = subprocess.run([str(pypi_python()), "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()
