"""Signing in in a popup and by Google's prompt, with the unmodified clients in Chromium.

The identity provider is real (`identity_provider.mjs`); of Google there is a stand-in for its script, and its keys are
the identity provider's.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from betterauth_py.core.http_client import AiohttpTransport
from tests.clients.servers import CLIENTS, clean_environment, free_port, page_server, running
from tests.clients.trace import run_script
from tests.conftest import MakeAuth

pytestmark = pytest.mark.slow


class GoogleHere(AiohttpTransport):
    """Asks the identity provider for Google's keys."""

    def __init__(self, provider: str) -> None:
        super().__init__()
        self._provider = provider

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "www.googleapis.com":
            request = httpx.Request("GET", f"{self._provider}/jwks", headers=request.headers)
            request.headers["host"] = self._provider.removeprefix("http://")
        return await super().handle_async_request(request)


async def test_users_sign_in_in_a_popup_and_by_googles_prompt(
    make_auth: MakeAuth, node_modules: None, chromium: str, tmp_path: Path
) -> None:
    page_port, api_port, port = free_port(), free_port(), free_port()
    page, api, provider = (f"http://localhost:{number}" for number in (page_port, api_port, port))
    client = {
        "client_name": "Acme",
        "client_secret": "web's secret",
        "redirect_uris": [f"{api}/api/auth/callback/acme"],
        "token_endpoint_auth_method": "client_secret_post",
    }
    acme = {
        "provider_id": "acme",
        "discovery_url": f"{provider}/.well-known/openid-configuration",
        "client_id": "web",
        "client_secret": "web's secret",
        "scopes": ["email", "profile"],
    }
    serve = ["node", str(CLIENTS / "identity_provider.mjs"), str(port), json.dumps({"web": client})]
    build = ["node", str(CLIENTS / "pages" / "build.mjs"), api, str(tmp_path / "pages")]
    await asyncio.to_thread(lambda: subprocess.run(build, check=True, timeout=60))
    with running(serve, provider, tmp_path, clean_environment()), page_server(page_port, tmp_path / "pages"):
        asking = httpx.AsyncClient(transport=GoogleHere(provider))
        auth = await make_auth(
            base_url=api,
            trusted_origins=[page],
            http_client=asking,
            plugins={"generic-oauth": {"config": [acme]}, "oauth-popup": {}, "one-tap": {"client_id": "web"}},
        )
        config = uvicorn.Config(auth.app, port=api_port, log_level="warning", access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        try:
            addresses = ("--page", page, "--api", api, "--provider", provider, "--chromium", chromium)
            steps = await asyncio.to_thread(run_script, "popup_and_one_tap.mjs", *addresses, timeout=100)
        finally:
            server.should_exit = True
            await serving
            await asking.aclose()
    played: dict[str, dict[str, Any]] = {step.pop("step"): step for step in steps}
    assert played["say no in the popup"]["error"]["code"] == "access_denied"
    assert played["close the popup"]["error"]["code"] == "POPUP_CLOSED"
    signed_in = played["sign in in the popup"]
    assert (signed_in["error"], signed_in["address"]) == (None, f"{page}/?framework=plugins")
    assert signed_in["shown"].startswith("Ada Lovelace <ada@example.com> until 20")
    assert played["a popup of a page that is not trusted"]["error"]["code"] == "POPUP_CLOSED"
    refused = played["a token for another application"]
    assert (refused["session"], "signed-in" in refused["address"]) == (None, False)
    for step in ("one tap", "Google's button"):
        assert played[step]["shown"].startswith("Grace Hopper <grace@example.com> until 20")
    assert await auth.context.rows.count("user") == 2
    assert await auth.context.rows.count("account") == 2
