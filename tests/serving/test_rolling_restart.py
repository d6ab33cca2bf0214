"""Two servers behind a balancer are restarted one after the other, under load: no request fails."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from tests.cli.command import Server, free_port, run, serving
from tests.serving.balancer import Backend, Balancer, read_message

ALICE = {"name": "Alice", "email": "alice@example.com", "password": "correct horse battery"}


def request(method: str, path: str, body: dict[str, str] | None = None) -> bytes:
    content = json.dumps(body).encode() if body else b""
    kind = "content-type: application/json\r\n" if body else ""
    head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost:3001\r\n{kind}"
    return f"{head}content-length: {len(content)}\r\n\r\n".encode() + content


async def ask_on_and_on(port: int, what: bytes, statuses: Counter[bytes], done: asyncio.Event) -> None:
    """One client with one connection, as a browser has it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while not done.is_set():
        writer.write(what)
        head, _ = await read_message(reader)
        statuses[head[9:12]] += 1
        await asyncio.sleep(0.002)
    writer.close()


async def until(backend: Backend, up: bool) -> None:
    give_up = time.monotonic() + 30
    while backend.up is not up and time.monotonic() < give_up:  # noqa: ASYNC110 - an event for each direction is more
        await asyncio.sleep(0.02)
    assert backend.up is up


async def test_a_rolling_restart_fails_no_request(tmp_path: Path) -> None:
    settings = {"BETTER_AUTH_URL": "http://localhost:3001", "BETTER_AUTH_DRAIN": "2"}
    (tmp_path / "betterauth.toml").write_text("rate_limit.enabled = false\n")
    assert run(tmp_path, "migrate", **settings).returncode == 0
    ports = [free_port(), free_port()]
    statuses: Counter[bytes] = Counter()
    done = asyncio.Event()
    with ExitStack() as stack:
        servers: list[Server] = [
            stack.enter_context(serving(tmp_path, "--workers", "2" if port == ports[0] else "1", port=port, **settings))
            for port in ports
        ]
        assert (
            servers[0].ask("POST", "/api/auth/sign-up/email", ALICE, {"origin": settings["BETTER_AUTH_URL"]}).status
            == 200
        )
        sign_in = request("POST", "/api/auth/sign-in/email", {name: ALICE[name] for name in ("email", "password")})
        async with Balancer(ports, interval=0.3) as balancer:
            for backend in balancer.backends:
                await until(backend, up=True)
            asked = [request("GET", "/api/auth/get-session")] * 6 + [sign_in]
            async with asyncio.TaskGroup() as clients:
                for what in asked:
                    clients.create_task(ask_on_and_on(balancer.port, what, statuses, done))
                for server, backend in zip(servers, balancer.backends, strict=True):
                    before = statuses.total()
                    assert await asyncio.to_thread(server.stop) == 0
                    await until(backend, up=False)
                    again = serving(tmp_path, port=backend.port, **settings)
                    await asyncio.to_thread(stack.enter_context, again)
                    await until(backend, up=True)
                    assert statuses.total() > before + 100
                done.set()
    assert balancer.failures == []
    assert set(statuses) == {b"200"}
