"""Runs `betterauth` as people do: as a process of its own, in some folder."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
# -P: like the installed script, and unlike `python -m`, the folder is not on the import path by itself.
BETTERAUTH = [sys.executable, "-P", "-m", "betterauth_py"]
Done = subprocess.CompletedProcess[str]


def surroundings(**variables: str) -> dict[str, str]:
    """Return an environment without settings other than `variables`; servers end without draining."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default", "BETTER_AUTH_DRAIN": "0", **variables}


def run(folder: Path, *arguments: str, **variables: str) -> Done:
    """Run the command in `folder` until it ends."""
    return subprocess.run(
        [*BETTERAUTH, *arguments],
        cwd=folder,
        env=surroundings(**variables),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    """One answer of a server."""

    status: int
    body: bytes
    set_cookies: list[str]

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass
class Server:
    """A running `betterauth serve`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def printed(self) -> str:
        """What it has written to standard error."""
        return self.log.read_text(encoding="utf-8")

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """Send one request; cookies are kept and sent as a browser would."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        own = f"http://localhost:{self.port}"
        given = {"origin": own, "host": own.removeprefix("http://"), **(headers or {})}
        if self.cookies:
            given["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            given["content-type"] = "application/json"
        try:
            connection.request(method, path, None if body is None else json.dumps(body), given)
            response = connection.getresponse()
            answer = Answer(response.status, response.read(), response.headers.get_all("set-cookie") or [])
        finally:
            connection.close()
        for cookie in answer.set_cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def stop(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop; return its exit code."""
        self.process.send_signal(with_signal)
        return self.process.wait(timeout=20)


@contextmanager
def serving(folder: Path, *arguments: str, port: int | str = 0, **variables: str) -> Iterator[Server]:
    """Start `betterauth serve` in `folder`, on a free port if none is given, and wait until it answers."""
    port = int(port) or free_port()
    log = folder / f"serve-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*BETTERAUTH, "serve", "--port", str(port), *arguments],
            cwd=folder,
            env=surroundings(**variables),
            stdout=output,
            stderr=output,
        )
    server = Server(process, port, log)
    try:
        wait_until_it_answers(server)
        yield server
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_it_answers(server: Server) -> None:
    """Ask until there is an answer."""
    give_up = time.monotonic() + 25
    while True:
        try:
            if server.ask("GET", "/health/live").status == 200:
                return
        except OSError:
            pass
        assert server.process.poll() is None, server.printed
        assert time.monotonic() < give_up, server.printed
        time.sleep(0.05)
