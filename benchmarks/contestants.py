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

from benchmarks.seed import SECRET, Algorithm, Layout, Seed, fill
from betterauth_py.conformance.embedded_postgres import embedded_postgres

ROOT = Path(__file__).parents[1]
NODE_MODULES = ROOT / "contracts" / "oracle"
START_SECONDS = 30


class BenchmarkError(Exception):
    """The benchmark cannot go on, or an answer was wrong."""


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """One way to run one server."""

    name: str
    kind: str
    """`ours`, `node` or `raw`."""
    label: str
    algorithm: Algorithm = "scrypt"
    cookie_cache: bool = False

    @property
    def database(self) -> str:
        """The database it uses; those that read the same rows share one."""
        return "node" if self.kind == "node" else f"ours_{self.algorithm}"


OURS = Contestant(name="ours", kind="ours", label="betterauth-py", algorithm="argon2id")
OURS_SCRYPT = Contestant(name="ours-scrypt", kind="ours", label="betterauth-py, scrypt")
OURS_CACHED = Contestant(
    name="ours-cached", kind="ours", label="betterauth-py", algorithm="argon2id", cookie_cache=True
)
NODE = Contestant(name="node", kind="node", label="better-auth on Node")
NODE_CACHED = Contestant(name="node-cached", kind="node", label="better-auth on Node", cookie_cache=True)
RAW = Contestant(name="raw", kind="raw", label="raw ASGI + asyncpg", algorithm="argon2id")


@dataclass(frozen=True)
class Server:
    """A running contestant."""

    contestant: Contestant
    port: int
    database: str
    process: subprocess.Popen[bytes]
    log: Path

    def cpu_seconds(self) -> float | None:
        """Return the CPU time of the process with all its threads so far; None where /proc does not tell."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


Servers = dict[str, Server]


@contextmanager
def running(contestants: Sequence[Contestant], seed: Seed) -> Iterator[Servers]:
    """Start one PostgreSQL and the servers, with all rows in place; stop everything at the end."""
    if not (NODE_MODULES / "node_modules" / "better-auth").is_dir() or shutil.which("node") is None:
        raise BenchmarkError("better-auth is not installed: run `make setup-node` (it needs Node 20 or newer).")
    with ExitStack() as stack:
        postgres = stack.enter_context(embedded_postgres())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="betterauth-bench-")))
        databases = {name: postgres.database(name) for name in sorted({c.database for c in contestants})}
        for contestant in {contestant.database: contestant for contestant in contestants}.values():
            database = databases[contestant.database]
            _make_tables(contestant, database, folder)
            layout: Layout = "better-auth" if contestant.kind == "node" else "drizzle"
            asyncio.run(fill(database, seed, layout, contestant.algorithm))
        yield {
            contestant.name: stack.enter_context(_serving(contestant, databases[contestant.database], folder))
            for contestant in contestants
        }


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
    else:
        config = _write_config(contestant, database, 3001, folder)
        command = [sys.executable, "-m", "betterauth_py", "migrate", "--config", str(config)]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"{contestant.name}: no tables: {done.stderr.decode()[-2000:]}")


@contextmanager
def _serving(contestant: Contestant, database: str, folder: Path) -> Iterator[Server]:
    port = _free_port()
    settings = json.dumps({"database": database, "secret": SECRET, "port": port})
    if contestant.kind == "node":
        command = _node_command(contestant, database, port)
    elif contestant.kind == "raw":
        command = [sys.executable, "-m", "benchmarks.raw_server", settings]
    else:
        config = _write_config(contestant, database, port, folder)
        command = [sys.executable, "-m", "betterauth_py", "serve", "--config", str(config), "--port", str(port)]
    log = folder / f"{contestant.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=_environment(), stdout=output, stderr=output)
    server = Server(contestant, port, database, process, log)
    try:
        _await_start(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_start(server: Server) -> None:
    deadline = monotonic() + START_SECONDS
    while server.process.poll() is None and monotonic() < deadline:
        try:
            if answer_of(server.port, "/api/auth/ok")[0] == 200:
                return
        except OSError:
            sleep(0.05)
    raise BenchmarkError(f"{server.contestant.name} did not start: {server.log.read_text()[-2000:]}")


def _node_command(contestant: Contestant, database: str, port: int, *, migrate: bool = False) -> list[str]:
    settings = {
        "modules": str(NODE_MODULES),
        "database": database,
        "secret": SECRET,
        "port": port,
        "cookieCache": contestant.cookie_cache,
        "migrate": migrate,
    }
    return ["node", str(Path(__file__).parent / "node_server.mjs"), json.dumps(settings)]


def _write_config(contestant: Contestant, database: str, port: int, folder: Path) -> Path:
    config = folder / f"{contestant.name}.toml"
    config.write_text(
        f'secret = "{SECRET}"\nbase_url = "http://127.0.0.1:{port}"\nenvironment = "production"\n'
        f'[database]\nurl = "{database}"\n'
        "[email_and_password]\nenabled = true\n"
        f'[email_and_password.password]\nalgorithm = "{contestant.algorithm}"\n'
        "[rate_limit]\nenabled = false\n"
        f"[session.cookie_cache]\nenabled = {str(contestant.cookie_cache).lower()}\n"
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
