"""Servers at URLs, started from what `betterauth conformance --print` wrote: ours, better-auth on Node, broken ones."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Any

from betterauth_py.conformance.http_wire import Address, Reply, Request, exchange
from betterauth_py.conformance.recorder.oracle import ORACLE, install
from tests.cli.command import free_port, run, serving, surroundings

Breakage = Callable[[Reply], Reply]


def printed_options(folder: Path, url: str, profile: str, language: str) -> str:
    done = run(folder, "conformance", url, "--profile", profile, "--print", language)
    assert done.returncode == 0, done.stderr
    return done.stdout


CHEAP_HASHES = "[email_and_password.password.argon2]\ntime_cost = 1\nmemory_cost = 8\n"
"""HTTP does not show how passwords are hashed, and real hashes would be most of the run time."""


@contextmanager
def ours(folder: Path, profile: str = "default", called: str = "") -> Iterator[str]:
    """`betterauth serve` with the printed TOML, on SQLite; ``called`` is its URL if not that of its own port."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    config = printed_options(folder, called or url, profile, "toml")
    database = '[database]\nurl = "sqlite:///auth.db"\n'
    (folder / "betterauth.toml").write_text(f"{config}\n{database}\n{CHEAP_HASHES}", encoding="utf-8")
    with serving(folder, port=port, CONFORMANCE_MAILS=str(folder / "mails.jsonl")):
        yield url


@contextmanager
def better_auth(folder: Path, database: str, profile: str = "default", called: str = "") -> Iterator[str]:
    """The reference on Node with the printed ES module, on PostgreSQL; ``called`` as in `ours`."""
    install()
    port = free_port()
    url = f"http://localhost:{port}"
    module = folder / "options.mjs"
    module.write_text(printed_options(folder, called or url, profile, "js"), encoding="utf-8")
    # It imports packages, as in whoever's project it is.
    packages = folder / "node_modules"
    if not packages.exists():
        packages.symlink_to(ORACLE / "node_modules")
    process = subprocess.Popen(
        ["node", str(ORACLE / "server.mjs"), json.dumps({"port": port, "database": database, "module": str(module)})],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=surroundings(NODE_ENV="development", CONFORMANCE_MAILS=str(folder / "mails.jsonl")),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert json.loads(process.stdout.readline()) == {"port": port}
        yield url
    finally:
        process.stdin.close()
        process.wait(timeout=10)
        process.stdout.close()


@contextmanager
def in_front_of(server: str, port: int, breakage: Breakage, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The server as it would be with a fault: every answer goes through `breakage`; with `tls` over https."""
    behind = int(server.rpartition(":")[2])

    class Front(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def handle_any(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = self.rfile.read(length) if length else None
            request = Request(self.command, self.path, tuple(self.headers.items()), body)
            reply = breakage(exchange(Address(behind), request))
            self.send_response_only(reply.status)
            for name, value in reply.headers:
                if name not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.handle_any
            raise AttributeError(name)

        def log_message(self, *_: object) -> None: ...

    front = ThreadingHTTPServer(("127.0.0.1", port), Front)
    if tls:
        front.socket = tls.wrap_socket(front.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=front.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{front.server_port}" if tls else f"http://127.0.0.1:{front.server_port}"
    finally:
        front.shutdown()
        thread.join()
        front.server_close()


@contextmanager
def tls_in_front_of(server: str, port: int, tls: ssl.SSLContext) -> Iterator[str]:
    """The server behind TLS: every byte is passed on as it is."""
    behind = int(server.rpartition(":")[2])

    def passed_on(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    class Pump(BaseRequestHandler):
        def handle(self) -> None:
            with (
                suppress(OSError),
                tls.wrap_socket(self.request, server_side=True) as outside,
                socket.create_connection(("127.0.0.1", behind)) as inside,
            ):
                back = Thread(target=passed_on, args=(inside, outside), daemon=True)
                back.start()
                passed_on(outside, inside)
                back.join()

    class Front(ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Front(("127.0.0.1", port), Pump) as front:
        thread = Thread(target=front.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"https://localhost:{port}"
        front.shutdown()
        thread.join()


def with_headers(reply: Reply, change: Callable[[str, str], str]) -> Reply:
    return replace(reply, headers=tuple((name, change(name, value)) for name, value in reply.headers))
