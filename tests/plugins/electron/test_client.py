"""@better-auth/electron's own client signs in here, with a stand-in for Electron (`client.mjs`)."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import uvicorn

from tests.conftest import CHEAP_PASSWORDS, MakeAuth


async def play(base_url: str) -> dict[str, Any]:
    """Run the app and the browser in Node; return what happened."""
    script = str(Path(__file__).with_name("client.mjs"))
    pipe = asyncio.subprocess.PIPE
    node = await asyncio.create_subprocess_exec("node", script, base_url, stdout=pipe, stderr=pipe)
    output, errors = await asyncio.wait_for(node.communicate(), 60)
    assert node.returncode == 0, errors.decode()
    happened: dict[str, Any] = json.loads(output)
    return happened


async def test_the_unmodified_client_signs_in_to_an_app(make_auth: MakeAuth) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    base_url = f"http://localhost:{listening.getsockname()[1]}"
    auth = await make_auth(
        base_url=base_url,
        plugins=["electron"],
        trusted_origins=["com.example.app:/"],
        email_and_password={"enabled": True, "password": CHEAP_PASSWORDS},
        social_providers={"github": {"client_id": "gh", "client_secret": "s"}},
    )
    server = uvicorn.Server(uvicorn.Config(auth.app, log_level="warning", access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        happened = await play(base_url)
    finally:
        server.should_exit = True
        await serving
    assert happened == {
        "asked": ["client_id", "code_challenge", "state"],
        "has_code": True,
        "link": "com.example.app://auth/callback#token",
        "session": "ada@example.com",
        "again": "Code verifier not found.",
        "afterwards": None,
        "transferred": [None, False],
        "secondSession": "ada@example.com",
        "shown": [["better-auth:authenticated", "ada@example.com"]] * 2,
        "provider": ["/api/auth/electron/init-oauth-proxy", 302, "github.com"],
        "kept": ["better-auth.state", "better-auth.transfer_token"],
    }
