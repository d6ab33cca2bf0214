"""What the client tests talk to: our server, better-auth on Node, and a file server for the built page."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

import httpx

from betterauth_py.assembly.mails import CORE_MAILS
from betterauth_py.conformance.option_names import our_options
from betterauth_py.plugins.registry import sources_of
from tests.clients.profiles import PLAIN, Profile

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = Path(__file__).resolve().parent
SECRET = "a secret of the client tests, longer than 32 characters"
READY_SECONDS = 30.0
# In development `betterauth serve` sends what no function does; better-auth does not.
_NO_MAILS_BY_ITSELF = {kind.option: False for kind in CORE_MAILS}


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


class Server(Protocol):
    """Runs a server with a profile on an empty database; its mails go to `mails_file(folder)`.

    Gives its own address, which is also its base URL if the profile names none.
    """

    __name__: str

    def __call__(
        self, port: int, trusted_origins: Sequence[str], folder: Path, profile: Profile = PLAIN
    ) -> AbstractContextManager[str]: ...


def mails_file(folder: Path) -> Path:
    """Where a server whose folder this is writes its mails, one JSON object a line."""
    file = folder / "mails.jsonl"
    file.touch()
    return file


@contextmanager
def our_server(port: int, trusted_origins: Sequence[str], folder: Path, profile: Profile = PLAIN) -> Iterator[str]:
    """`betterauth serve` on a SQLite database in the folder, which it makes itself, as its own process."""
    base_url = f"http://localhost:{port}"
    options = {
        "base_url": base_url,
        **our_options(_complete(profile), "tests.clients.mailed_functions:{}".format),
        "trusted_origins": list(trusted_origins),
        "database": {"url": f"sqlite:///{folder / 'auth.db'}"},
        "mail": {"send": _NO_MAILS_BY_ITSELF},
    }
    config = folder / "betterauth.toml"
    config.write_text("\n".join(f"{key} = {_toml(value)}" for key, value in options.items()))
    environment = clean_environment(PYTHONPATH=str(ROOT), MAILS_FILE=str(mails_file(folder)))
    serve = [sys.executable, "-m", "betterauth_py", "serve", "--port", str(port), "--config", str(config)]
    with running(serve, base_url, folder, environment):
        yield base_url


@contextmanager
def reference_server(
    port: int, trusted_origins: Sequence[str], folder: Path, profile: Profile = PLAIN
) -> Iterator[str]:
    """better-auth itself on Node, with its memory adapter."""
    base_url = f"http://localhost:{port}"
    options = {"baseURL": base_url, **_complete(profile), "trustedOrigins": list(trusted_origins)}
    sources = json.dumps(sources_of(options.get("plugins", {})))
    arguments = [str(port), json.dumps(options), str(mails_file(folder)), sources]
    serve = ["node", str(CLIENTS / "reference_server.mjs"), *arguments]
    with running(serve, base_url, folder, clean_environment(NODE_ENV="development")):
        yield base_url


def _complete(profile: Profile) -> Profile:
    return {"rateLimit": {"enabled": False}, **profile}


def _toml(value: object) -> str:
    """The value on one line of TOML, which writes texts and numbers as JSON does."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


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
