"""better-auth's own `oneTapClient` signs in here, with a stand-in for Google's script (`client.mjs`)."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from time import time
from typing import Any

import httpx
import uvicorn

from tests.conftest import MakeAuth
from tests.oauth.signing import public_keys, sign

APP = "https://app.test"
CALLBACK = "/api/auth/one-tap/callback"


async def play(*arguments: str) -> dict[str, Any]:
    """Run the page in Node; return what happened on it."""
    script = str(Path(__file__).with_name("client.mjs"))
    node = await asyncio.create_subprocess_exec("node", script, *arguments, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(node.communicate(), 30)
    happened: dict[str, Any] = json.loads(output)
    return happened


async def test_the_unmodified_client_signs_in(make_auth: MakeAuth, node_modules: None) -> None:
    keys = httpx.MockTransport(lambda _: httpx.Response(200, json={"keys": public_keys()}))
    listening = socket.create_server(("127.0.0.1", 0))
    base_url = f"http://localhost:{listening.getsockname()[1]}"
    auth = await make_auth(
        base_url=base_url,
        plugins={"one-tap": {"client_id": "web"}},
        trusted_origins=[APP],
        http_client=httpx.AsyncClient(transport=keys),
    )
    seconds = int(time())
    claims = {
        "iss": "accounts.google.com", "aud": "web", "sub": "70", "iat": seconds, "exp": seconds + 3600, "nonce": "n",
        "email": "ada@example.com", "email_verified": True, "name": "Ada",
    }  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(auth.app, log_level="warning", access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    tries = [(sign(claims, key="other"), "/in"), (sign(claims), "https://evil.test/"), (sign(claims), "/in")]
    happened = [await play(base_url, APP, *one) for one in tries]
    server.should_exit = True
    await serving
    page = {"loaded": ["https://accounts.google.com/gsi/client"], "client_id": "web", "nonce": "n"}
    assert happened == [
        {**page, "sent": [["POST", CALLBACK, 400]], "href": f"{APP}/", "email": None},
        {**page, "sent": [["POST", CALLBACK, 403]], "href": f"{APP}/", "email": None},
        {**page, "sent": [["POST", CALLBACK, 200]], "href": "/in", "email": "ada@example.com"},
    ]
