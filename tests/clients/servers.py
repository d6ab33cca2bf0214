"""What the client tests talk to: our server, better-auth on Node, and a file server for the built page."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = Path(__file__).resolve().parent
SECRET = "a secret of the client tests, longer than 32 characters"
READY_SECONDS = 30.0


def free_port(preferred: int = 0) -> int:
    """The preferred port if nothing listens there, otherwise any free one."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", preferred))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def our_server(port: int, trusted_origins: Sequence[str], folder: Path, more: str = "") -> Iterator[str]:
    """`betterauth serve` on an empty SQLite database in the folder, as its own process; `more` is TOML."""
    base_url = f"http://localhost:{port}"
    config = folder / "betterauth.toml"
    # JSON strings and lists of strings are TOML as well.
    config.write_text(
        f"""\
base_url = {json.dumps(base_url)}
trusted_origins = {json.dumps(list(trusted_origins))}

[database]
url = {json.dumps(f"sqlite:///{folder / 'auth.db'}")}

[email_and_password]
enabled = true

[rate_limit]
enabled = false

{more}
"""
    )
    command = [sys.executable, "-m", "betterauth_py"]
    environment = clean_environment(PYTHONPATH=str(ROOT))
    migration = subprocess.run(
        [*command, "migrate", "--config", str(config)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert migration.returncode == 0, migration.stdout + migration.stderr
    serve = [*command, "serve", "--port", str(port), "--config", str(config)]
    with running(serve, base_url, folder, environment):
        yield base_url


@contextmanager
def reference_server(port: int, trusted_origins: Sequence[str], folder: Path) -> Iterator[str]:
    """better-auth itself on Node, with its memory adapter."""
    base_url = f"http://localhost:{port}"
    serve = ["node", str(CLIENTS / "reference_server.mjs"), str(port), *trusted_origins]
    with running(serve, base_url, folder, clean_environment()):
        yield base_url


@contextmanager
def page_server(port: int, folder: Path) -> Iterator[str]:
    """Serves the files of the folder from a thread of this process."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(_QuietHandler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{port}"
        finally:
            server.shutdown()
            thread.join()


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        """Keeps the test output for the tests."""


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without what a developer's shell may say about a server of their own."""
    ours = ("BETTER_AUTH_", "DATABASE_URL", "NODE_ENV", "NODE_OPTIONS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"BETTER_AUTH_SECRET": SECRET} | extra


@contextmanager
def running(
    command: Sequence[str],
    base_url: str,
    folder: Path,
    environment: dict[str, str],
    ready: str = "/health/ready",
    log_folder: Path | None = None,
) -> Iterator[None]:
    """The command as a process of its own, from when it answers `ready` with 200 on."""
    log = (log_folder or folder) / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_until_ready(process, f"{base_url}{ready}", log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    answer = "no answer"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            response = httpx.get(url, timeout=5, trust_env=False)
        except httpx.TransportError as error:
            answer = repr(error)
        else:
            if response.status_code == 200:
                return
            answer = f"{response.status_code} {response.text}"
        time.sleep(0.05)
    raise AssertionError(f"The server is not ready ({answer}):\n{log.read_text()}")
