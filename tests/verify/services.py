"""Real auth services to verify against: better-auth on Node, and ours."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import uvicorn

from betterauth_py import BetterAuth
from betterauth_py.conformance.option_names import our_options
from betterauth_py.conformance.recorder.oracle import install

SECRET = "verify-Pq7vZ2mX9rT4wY6bN1cK8dF3gH5jL0sA"
PASSWORD = "correct horse battery"
SERVER = Path(__file__).with_name("reference_server.mjs")


@dataclass(frozen=True)
class Service:
    """A running auth service."""

    url: str
    columns: Literal["snake_case", "camelCase"]
    database_url: str


@dataclass(frozen=True)
class SignedIn:
    """Somebody who has just signed up."""

    cookie: str
    token: str
    user_id: str
    email: str

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the browser's requests."""
        return {"cookie": self.cookie}

    @property
    def token_only(self) -> dict[str, str]:
        """The same without the cached session."""
        kept = [pair for pair in self.cookie.split("; ") if "session_token=" in pair]
        return {"cookie": "; ".join(kept)}


def sign_up(service: Service, email: str, **fields: Any) -> SignedIn:
    """Sign somebody up over HTTP."""
    body = {"name": "Ada Ä😀", "email": email, "password": PASSWORD, **fields}
    answer = httpx.post(
        f"{service.url}/api/auth/sign-up/email", json=body, headers={"origin": service.url}, trust_env=False
    )
    assert answer.status_code == 200, answer.text
    cookie = "; ".join(value.partition(";")[0] for value in answer.headers.get_list("set-cookie"))
    said = answer.json()
    return SignedIn(cookie, said["token"], said["user"]["id"], email)


def sign_out(service: Service, who: SignedIn) -> None:
    """Sign somebody out: the session is gone, the browser may keep its cookies."""
    url = f"{service.url}/api/auth/sign-out"
    answer = httpx.post(url, headers={**who.headers, "origin": service.url}, json={}, trust_env=False)
    assert answer.json() == {"success": True}


def revoke_sessions(service: Service, who: SignedIn) -> None:
    """End all sessions of somebody; the browser may keep its cookies."""
    url = f"{service.url}/api/auth/revoke-sessions"
    answer = httpx.post(url, headers={**who.headers, "origin": service.url}, trust_env=False)
    assert answer.json() == {"status": True}


def jwt_of(service: Service, who: SignedIn) -> str:
    """Return a token of the jwt plugin."""
    answer = httpx.get(f"{service.url}/api/auth/token", headers=who.headers, trust_env=False)
    token: str = answer.json()["token"]
    return token


@contextmanager
def reference(database_url: str, **more: Any) -> Iterator[Service]:
    """better-auth on Node with its own migrations' tables."""
    install()
    argument = json.dumps({"database": database_url, "secret": SECRET, **more})
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with subprocess.Popen(
        ["node", str(SERVER), argument], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = json.loads(process.stdout.readline())["port"]
            yield Service(f"http://127.0.0.1:{port}", "camelCase", database_url)
        finally:
            process.stdin.close()
            process.wait(timeout=10)


@contextmanager
def ours(
    database_url: str, strategy: str | None = "compact", jwks: dict[str, Any] | None = None, **options: Any
) -> Iterator[Service]:
    """Our service, on a thread with an event loop of its own; `jwks` in better-auth's names, as for Node's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        cheap = {"argon2": {"time_cost": 1, "memory_cost": 64}}
        auth = BetterAuth(
            base_url=url,
            secret=SECRET,
            database={"url": database_url},
            email_and_password={"enabled": True, "password": cheap},
            session={"cookie_cache": {"enabled": strategy is not None, "strategy": strategy or "compact"}},
            user={"additional_fields": {"favoriteColor": {"type": "string", "required": False}}},
            plugins={"jwt": {"jwks": our_options(jwks or {}, str)}},
            **{"rate_limit": {"enabled": False}, **options},
        )
        server = uvicorn.Server(uvicorn.Config(auth.app, log_level="warning", access_log=False))

        async def serve() -> None:
            await auth.migrate()
            await server.serve(sockets=[listener])

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        try:
            yield Service(url, "snake_case", database_url)
        finally:
            server.should_exit = True
            thread.join(timeout=10)
