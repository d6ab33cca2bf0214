"""An app with the unmodified client of @better-auth/expo signs in with a provider (`app.mjs`)."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.conftest import MakeAuth
from tests.http.oauth_world import GitHub, with_github


async def play(*arguments: str) -> dict[str, Any]:
    """Run the app in Node; return what happened."""
    script = str(Path(__file__).with_name("app.mjs"))
    node = await asyncio.create_subprocess_exec("node", script, *arguments, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(node.communicate(), 60)
    happened: dict[str, Any] = json.loads(output)
    return happened


@pytest.mark.parametrize("strategy", ["database", "cookie"])
async def test_the_unmodified_client_signs_in(make_auth: MakeAuth, node_modules: None, strategy: str) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    base_url = f"http://localhost:{listening.getsockname()[1]}"
    auth = await with_github(
        make_auth,
        GitHub(),
        base_url=base_url,
        environment="development",
        plugins=["expo"],
        trusted_origins=["myapp://"],
        account={"store_state_strategy": strategy},
    )
    server = uvicorn.Server(uvicorn.Config(auth.app, log_level="warning", access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    happened = await play(base_url, "myapp")
    server.should_exit = True
    await serving
    path = "/api/auth"
    # The client reads the session besides, whenever its cookies have changed.
    happened["happened"] = [one for one in happened["happened"] if f"{path}/get-session" not in one]
    assert happened == {
        "happened": [
            ["POST", f"{path}/sign-in/social", 200, False],
            {"proxied": 302, "consent": "https://github.com", "leadsTo": "myapp://home", "back": "myapp://home"},
            ["POST", f"{path}/update-user", 200, True],
            ["POST", f"{path}/sign-out", 200, True],
        ],
        "email": "ada@example.com",
        "name": "changed",
        "cached": "ada@example.com",
        "after": None,
        "kept": "",
    }
