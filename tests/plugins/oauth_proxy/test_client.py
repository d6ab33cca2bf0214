"""Preview and production as processes of their own, with a real identity provider; either may be better-auth itself."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.clients.servers import CLIENTS, clean_environment, free_port, our_server, reference_server, running

SECRET = "the secret that production and its previews share"


class Start(Protocol):
    """Runs a server."""

    def __call__(
        self, port: int, trusted_origins: Sequence[str], folder: Path, profile: dict[str, Any]
    ) -> AbstractContextManager[str]: ...


@pytest.fixture(scope="module")
def addresses(node_modules: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, str], str]]:
    """The previews by their kind and that of their production: each kind of server in both parts, four processes."""
    ports = {(part, kind): free_port() for part in ("preview", "production") for kind in ("ours", "better-auth")}
    provider_port = free_port()
    provider = f"http://localhost:{provider_port}"
    production = {kind: f"http://127.0.0.1:{ports['production', kind]}" for kind in ("ours", "better-auth")}
    redirect_uris = [f"{url}/api/auth/callback/acme" for url in production.values()]
    clients = {"web": {"client_name": "Acme", "client_secret": "web's secret", "redirect_uris": redirect_uris}}
    clients["web"]["token_endpoint_auth_method"] = "client_secret_post"
    discovery = f"{provider}/.well-known/openid-configuration"
    config = {"providerId": "acme", "discoveryUrl": discovery, "clientId": "web", "clientSecret": "web's secret"}
    starts: dict[str, Start] = {"ours": our_server, "better-auth": reference_server}

    def start(part: str, kind: str, production_url: str) -> AbstractContextManager[str]:
        own = {"baseURL": production_url} if part == "production" else {}
        plugins = {
            "generic-oauth": {"config": [{**config, "scopes": ["openid", "email", "profile"]}]},
            "oauth-proxy": {"productionURL": production_url, "secret": SECRET},
        }
        port = free_port() if part == "preview" else ports[part, kind]
        folder = tmp_path_factory.mktemp(f"{part}-{kind}")
        return starts[kind](port, [], folder, {**own, "plugins": plugins})

    folder = tmp_path_factory.mktemp("provider")
    serve = ["node", str(CLIENTS / "identity_provider.mjs"), str(provider_port), json.dumps(clients)]
    with ExitStack() as stack:
        stack.enter_context(running(serve, provider, folder, clean_environment()))
        for kind, url in production.items():
            stack.enter_context(start("production", kind, url))
        pairs = [("ours", "ours"), ("ours", "better-auth"), ("better-auth", "ours")]
        yield {(one, other): stack.enter_context(start("preview", one, production[other])) for one, other in pairs} | {
            ("production", kind): url for kind, url in production.items()
        }


@pytest.mark.parametrize(
    ("preview", "production"), [("ours", "ours"), ("ours", "better-auth"), ("better-auth", "ours")]
)
def test_a_user_signs_in_at_the_preview(addresses: dict[tuple[str, str], str], preview: str, production: str) -> None:
    address, through = addresses[preview, production], addresses["production", production]
    script = Path(__file__).parent / "client.mjs"
    played = subprocess.run(["node", script, address], capture_output=True, text=True, timeout=60, check=False)
    assert played.returncode == 0, played.stderr
    shown = json.loads(played.stdout)
    assert shown["visited"][1:] == [through, address]
    assert shown["end"] == f"{address}/dashboard"
    assert (shown["user"], shown["name"]) == ("ada@example.com", "Ada Lovelace")
