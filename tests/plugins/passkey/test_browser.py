"""`passkeyClient` of @better-auth/passkey in a real Chromium, with the virtual authenticator of its DevTools."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import uvicorn

from tests.conftest import MakeAuth

ADA = "ada@example.com"


async def test_a_passkey_in_a_real_browser(make_auth: MakeAuth, node_modules: None, chromium: str) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    base_url = f"http://localhost:{listening.getsockname()[1]}"
    auth = await make_auth(
        base_url=base_url, plugins={"passkey": {"rp_name": "Example"}}, email_and_password={"enabled": True}
    )
    server = uvicorn.Server(uvicorn.Config(auth.app, log_level="warning", access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    script = str(Path(__file__).with_name("browser.mjs"))
    node = await asyncio.create_subprocess_exec(
        "node", script, "--api", base_url, "--chromium", chromium, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await asyncio.wait_for(node.communicate(), 90)
    server.should_exit = True
    await serving
    happened: dict[str, Any] = json.loads(output)
    passkey = happened.pop("add")
    assert {name: passkey[name] for name in ("name", "transports", "deviceType", "backedUp")} == {
        "name": "Laptop", "transports": "internal", "deviceType": "singleDevice", "backedUp": False,
    }  # fmt: skip
    assert happened == {
        "sign up": ADA,
        "add again": "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED",
        "kept": 1,
        "list": ["Laptop"],
        "sign out": True,
        "signed out": None,
        "sign in": ADA,
        "signed in": ADA,
        "rename": "Work",
        "sign out again": True,
        "autofill": [True, ADA],
        "signed in by autofill": ADA,
        "another person": "ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY",
        "delete": True,
        "sign out at last": True,
        "sign in without it": [401, "PASSKEY_NOT_FOUND"],
    }
