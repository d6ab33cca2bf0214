"""The servers that are compared: how each is configured, started, watched and stopped."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from benchmarks.pypi_environment import pypi_python
from benchmarks.seed import SECRET, Algorithm, Layout, Seed, fill, fill_sqlite
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres, embedded_postgres
from betterauth_py.plugins.registry import BY_ID

ROOT = Path(__file__).parents[1]
NODE_MODULES = ROOT / "contracts" / "oracle"
START_SECONDS = 30
PROVIDER = "http://127.0.0.1:4917"
"""Where the stand-in for GitLab listens while it is needed."""


class BenchmarkError(Exception):
    """The benchmark cannot go on, or an answer was wrong."""


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """One way to run one server."""

    name: str
    kind: str
    """`ours`, `node`, `pypi` or `raw`."""
    label: str
    algorithm: Algorithm = "scrypt"
    cookie_cache: bool = False
    memory_cache: bool = False
    on_sqlite: bool = False
    plugins: tuple[str, ...] = ()
    """Import strings."""
    module: str = "betterauth_py"
    """What `python -m` runs."""
    signs_in_with_a_provider: bool = False

    @property
    def database(self) -> str:
        """The database it uses; those that read the same rows share one."""
        if self.kind in {"node", "pypi"}:
            return self.kind
        kind = "sqlite" if self.on_sqlite else "remembered" if self.memory_cache else "ours"
        return f"{kind}_{self.algorithm}"


OURS = Contestant(name="ours", kind="ours", label="betterauth-py", algorithm="argon2id")
OURS_SCRYPT = Contestant(name="ours-scrypt", kind="ours", label="betterauth-py, scrypt")
OURS_PORTABLE = Contestant(
    name="ours-portable",
    kind="ours",
    label="betterauth-py, argon2 for all processors",
    algorithm="argon2id",
    module="benchmarks.portable_argon2",
)
OURS_CACHED = Contestant(
    name="ours-cached", kind="ours", label="betterauth-py", algorithm="argon2id", cookie_cache=True
)
OURS_REMEMBERED = Contestant(
    name="ours-remembered",
    kind="ours",
    label="betterauth-py, memory cache",
    algorithm="argon2id",
    memory_cache=True,
)
OURS_SQLITE = Contestant(
    name="ours-sqlite", kind="ours", label="betterauth-py, SQLite", algorithm="argon2id", on_sqlite=True
)
OURS_HOOKED = Contestant(
    name="ours-hooked",
    kind="ours",
    label="betterauth-py, hooked",
    algorithm="argon2id",
    plugins=("benchmarks.hooked_plugin:HOOKED",),
)
OURS_EVERY_PLUGIN = Contestant(
    name="ours-every-plugin",
    kind="ours",
    label="betterauth-py, every plugin",
    algorithm="argon2id",
    plugins=tuple(BY_ID),
)
OURS_OAUTH = Contestant(
    name="ours-oauth", kind="ours", label="betterauth-py", algorithm="argon2id", signs_in_with_a_provider=True
)
PYPI = Contestant(name="pypi", kind="pypi", label="better-auth-server (PyPI)")
NODE = Contestant(name="node", kind="node", label="better-auth on Node")
NODE_CACHED = Contestant(name="node-cached", kind="node", label="better-auth on Node", cookie_cache=True)
NODE_OAUTH = Contestant(name="node-oauth", kind="node", label="better-auth on Node", signs_in_with_a_provider=True)
RAW = Contestant(name="raw", kind="raw", label="raw ASGI + asyncpg", algorithm="argon2id")


@dataclass(frozen=True)
class Server:
    """A running contestant."""

    contestant: Contestant
    port: int
    database: str
    process: subprocess.Popen[bytes]
    log: Path
    start_seconds: float
    """From the start of the process to its first answer."""

    def cpu_seconds(self) -> float | None:
        """Return the CPU time of the process with all its threads so far; None where /proc does not tell."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float | None:
        """Return the memory that the process occupies now; None where /proc does not tell."""
        try:
            lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        except OSError:
            return None
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), None)


Servers = dict[str, Server]
_LAYOUTS: dict[str, Layout] = {"node": "better-auth", "pypi": "pypi"}


@contextmanager
def running(contestants: Sequence[Contestant], seed: Seed) -> Iterator[Servers]:
    """Start one PostgreSQL and the servers, with all rows in place; stop everything at the end."""
    if not (NODE_MODULES / "node_modules" / "better-auth").is_dir() or shutil.which("node") is None:
        raise BenchmarkError("better-auth is not installed: run `make setup-node` (it needs Node 20 or newer).")
    with ExitStack() as stack:
        postgres = stack.enter_context(embedded_postgres())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="betterauth-bench-")))
        databases: dict[str, str] = {}
        for contestant in contestants:
            if contestant.database not in databases:
                databases[contestant.database] = _make_database(contestant, postgres, seed, folder)
        yield {
            contestant.name: stack.enter_context(_serving(contestant, databases[contestant.database], folder))
            for contestant in contestants
        }


@contextmanager
def growing(contestant: Contestant, seeds: Sequence[Seed]) -> Iterator[list[Server]]:
    """Start one PostgreSQL and the contestant once for every seed, each with a database of its own."""
    with ExitStack() as stack:
        postgres = stack.enter_context(embedded_postgres())
        servers = []
        for seed in seeds:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="betterauth-bench-")))
            database = _make_database(contestant, postgres, seed, folder, f"sessions_{seed.sessions}")
            servers.append(stack.enter_context(_serving(contestant, database, folder)))
        yield servers


def _make_database(
    contestant: Contestant, postgres: EmbeddedPostgres, seed: Seed, folder: Path, name: str | None = None
) -> str:
    """Return the URL of a database with the contestant's tables and all rows."""
    if contestant.on_sqlite:
        url = f"sqlite:///{folder / contestant.database}.db"
    else:
        url = postgres.database(name or contestant.database)
    _make_tables(contestant, url, folder)
    if contestant.on_sqlite:
        fill_sqlite(url.removeprefix("sqlite:///"), seed, contestant.algorithm)
    else:
        asyncio.run(fill(url, seed, _LAYOUTS.get(contestant.kind, "drizzle"), contestant.algorithm))
    return url


def answer_of(port: int, path: str, cookie: str = "") -> tuple[int, list[tuple[str, str]], bytes]:
    """Ask once; return status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"cookie": cookie} if cookie else {})
        response = connection.getresponse()
        return response.status, response.getheaders(), response.read()
    finally:
        connection.close()


def _make_tables(contestant: Contestant, database: str, folder: Path) -> None:
    if contestant.kind == "node":
        command = _node_command(contestant, database, 0, migrate=True)
    elif contestant.kind == "pypi":
        command = _pypi_command({"database": database, "secret": SECRET, "port": 0, "migrate": True})
    else:
        config = _write_config(contestant, database, 3001, folder)
        command = [sys.executable, "-m", "betterauth_py", "migrate", "--config", str(config)]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"{contestant.name}: no tables: {done.stderr.decode()[-2000:]}")


@contextmanager
def _serving(contestant: Contestant, database: str, folder: Path) -> Iterator[Server]:
    port = _free_port()
    settings = {"database": database, "secret": SECRET, "port": port}
    if contestant.kind == "node":
        command = _node_command(contestant, database, port)
    elif contestant.kind == "raw":
        command = [sys.executable, "-m", "benchmarks.raw_server", json.dumps(settings)]
    elif contestant.kind == "pypi":
        command = _pypi_command(settings)
    else:
        config = _write_config(contestant, database, port, folder)
        command = [sys.executable, "-m", contestant.module, "serve", "--config", str(config), "--port", str(port)]
    log = folder / f"{contestant.name}.log"
    started = monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=_environment(), stdout=output, stderr=output)
    try:
        _await_start(contestant, port, process, log)
        yield Server(contestant, port, database, process, log, monotonic() - started)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start_another(server: Server) -> float:
    """Start the contestant once more on the same database, stop it, and return the seconds to its first answer."""
    folder = server.log.parent / "another"
    folder.mkdir(exist_ok=True)
    with _serving(server.contestant, server.database, folder) as another:
        return another.start_seconds


def _await_start(contestant: Contestant, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = monotonic() + START_SECONDS
    while process.poll() is None and monotonic() < deadline:
        try:
            if answer_of(port, "/api/auth/ok")[0] == 200:
                return
        except OSError:
            sleep(0.005)
    raise BenchmarkError(f"{contestant.name} did not start: {log.read_text()[-2000:]}")


def _pypi_command(settings: dict[str, object]) -> list[str]:
    return [str(pypi_python()), str(Path(__file__).parent / "pypi_server.py"), json.dumps(settings)]


def _node_command(contestant: Contestant, database: str, port: int, *, migrate: bool = False) -> list[str]:
    settings = {
        "modules": str(NODE_MODULES),
        "database": database,
        "secret": SECRET,
        "port": port,
        "cookieCache": contestant.cookie_cache,
        "gitlab": PROVIDER if contestant.signs_in_with_a_provider else None,
        "migrate": migrate,
    }
    return ["node", str(Path(__file__).parent / "node_server.mjs"), json.dumps(settings)]


def _write_config(contestant: Contestant, database: str, port: int, folder: Path) -> Path:
    config = folder / f"{contestant.name}.toml"
    config.write_text(
        f"plugins = {json.dumps(contestant.plugins)}\n"
        f'secret = "{SECRET}"\nbase_url = "http://127.0.0.1:{port}"\nenvironment = "production"\n'
        f'[database]\nurl = "{database}"\n'
        "[email_and_password]\nenabled = true\n"
        f'[email_and_password.password]\nalgorithm = "{contestant.algorithm}"\n'
        "[rate_limit]\nenabled = false\n"
        f"[session.cookie_cache]\nenabled = {str(contestant.cookie_cache).lower()}\n"
        f"[session.memory_cache]\nenabled = {str(contestant.memory_cache).lower()}\nmax_entries = 50_000\n"
        + (
            f'[social_providers.gitlab]\nclient_id = "id"\nclient_secret = "secret"\nissuer = "{PROVIDER}"\n'
            if contestant.signs_in_with_a_provider
            else ""
        )
    )
    return config


def _environment() -> dict[str, str]:
    # Nothing of this shell's own settings reaches the servers.
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "NODE_ENV": "production"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
