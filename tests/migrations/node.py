"""better-auth on Node, on a database that both libraries use."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from betterauth_py.conformance.recorder.oracle import ORACLE
from betterauth_py.plugins.registry import sources_of
from tests.store.support import ORIGIN, SECRET

_SCRIPT = Path(__file__).with_name("better_auth.mjs")
NEWEST = "better-auth"
EARLIER = "better-auth-1.7.7"
"""The version that this project followed before, installed under a name of its own."""
_KYSELY = {"drizzle": "drizzle", "better-auth": "kysely"}


def make_tables(url: str, layout: str, options: Mapping[str, Any] | None = None, *, package: str = NEWEST) -> None:
    """Let better-auth make its tables in an empty PostgreSQL database."""
    subprocess.run(
        _command(url, layout, options, package, make=True),
        cwd=ORACLE,
        env=_environment(),
        check=True,
        capture_output=True,
    )


def sqlite_statements(options: Mapping[str, Any] | None = None, *, package: str = NEWEST) -> str:
    """The SQL with which better-auth's own migrations make its tables in an empty SQLite database."""
    command = _command("", "kysely-sqlite", options, package)
    done = subprocess.run(command, cwd=ORACLE, env=_environment(), check=True, capture_output=True, text=True)
    return done.stdout


@contextmanager
def better_auth(
    url: str,
    layout: str,
    options: Mapping[str, Any] | None = None,
    *,
    make: bool = False,
    package: str = NEWEST,
) -> Iterator[httpx.Client]:
    """A client of a running better-auth; `make` lets it make its tables first."""
    process = subprocess.Popen(
        _command(url, layout, options, package, make=make, serve=True),
        cwd=ORACLE,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = json.loads(process.stdout.readline())["port"]
        base_url = f"http://127.0.0.1:{port}/api/auth"
        with httpx.Client(base_url=base_url, headers={"origin": ORIGIN}, trust_env=False) as client:
            yield client
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


def _command(url: str, layout: str, options: Mapping[str, Any] | None, package: str, **what: bool) -> list[str]:
    profile = {
        "baseURL": ORIGIN,
        "secret": SECRET,
        "emailAndPassword": {"enabled": True},
        "rateLimit": {"enabled": False},
        **(options or {}),
    }
    sources = sources_of(profile.get("plugins"))
    for source in sources.values():
        source["package"] = source["package"].replace("better-auth/", f"{package}/", 1)
    argument = {
        "database": url,
        "sources": sources,
        "package": package,
        "layout": _KYSELY.get(layout, layout),
        "options": profile,
        **what,
    }
    return ["node", "--input-type=module", "--eval", _SCRIPT.read_text(), json.dumps(argument)]


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
