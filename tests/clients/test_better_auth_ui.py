"""better-auth-ui, unmodified, in a real Chromium: its views and a page on its hooks, as in examples/better-auth-ui.

`better_auth_ui/play.mjs` plays the same steps against this server and better-auth; what the pages ask, what is answered
and what people read is compared.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from tests.clients.application_server import application_server
from tests.clients.profiles import PLUGIN_VIEWS, VIEWS, Profile
from tests.clients.servers import (
    CLIENTS,
    ROOT,
    SECRET,
    Server,
    clean_environment,
    free_port,
    mails_file,
    our_server,
    reference_server,
    running,
)
from tests.clients.trace import Trace, normalise, run_script

EXAMPLE = ROOT / "examples" / "better-auth-ui"
SCREENSHOTS = ROOT / ".cache" / "better-auth-ui"
PROVIDERS = {"github": "GitHub", "google": "Google"}
NO_PROVIDER = "http://provider.test"


def play(
    plays: str,
    server: Server,
    pages: Path,
    chromium: str,
    ports: tuple[int, int],
    folder: Path,
    *,
    one_origin: bool = False,
    knows_application: bool = False,
    provider_url: str = NO_PROVIDER,
) -> Trace:
    """The steps against a server that the pages reach on their own origin, through a proxy, or on another one."""
    folder.mkdir()
    page_port, api_port = ports
    page_url = f"http://localhost:{page_port}"
    views = plugin_views(provider_url) if "plugins" in plays else VIEWS
    profile = views | ({"baseURL": page_url} if one_origin else {})
    if knows_application:
        profile |= {"appUrl": page_url}  # an option of this server alone
    with (
        server(api_port, [page_url], folder, profile) as api_url,
        application_server(page_port, pages, api_url if one_origin else None),
    ):
        trace = run_script(
            "better_auth_ui/play.mjs",
            *("--plays", plays, "--page", page_url, "--mails", str(mails_file(folder)), "--chromium", chromium),
            *(("--screenshots", str(SCREENSHOTS)) if server is our_server and one_origin else ()),
            timeout=120,
        )
        return normalise(trace, page=page_url, auth=api_url, provider=provider_url)


def plugin_views(provider_url: str) -> Profile:
    """What the views of plugins and of providers need; all providers are the one at the address."""
    providers = [
        {
            "providerId": provider,
            "discoveryUrl": f"{provider_url}/.well-known/openid-configuration",
            "clientId": provider,
            "clientSecret": SECRET,
            "scopes": ["email", "profile"],
        }
        for provider in PROVIDERS
    ]
    return PLUGIN_VIEWS | {"plugins": {**PLUGIN_VIEWS["plugins"], "generic-oauth": {"config": providers}}}


@contextmanager
def identity_provider(folder: Path, page_ports: list[int]) -> Iterator[str]:
    """One that knows the servers behind all these pages; see `identity_provider.mjs`."""
    port = free_port()
    url = f"http://localhost:{port}"
    clients = {
        provider: {
            "client_name": name,
            "client_secret": SECRET,
            "redirect_uris": [f"http://localhost:{page}/api/auth/callback/{provider}" for page in page_ports],
            "token_endpoint_auth_method": "client_secret_post",
        }
        for provider, name in PROVIDERS.items()
    }
    serve = ["node", str(CLIENTS / "identity_provider.mjs"), str(port), json.dumps(clients)]
    folder.mkdir()
    with running(serve, url, folder, clean_environment()):
        yield url


def build_pages(folder: Path, auth_url: str, **more: str) -> Path:
    environment = os.environ | {"AUTH_URL": auth_url, "OUT_DIR": str(folder)} | more
    subprocess.run(["node", "build.mjs"], cwd=EXAMPLE, env=environment, check=True, timeout=60)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plays", "one_origin"),
    [("views,hooks", True), ("links", False), ("plugins,social", True)],
    ids=["one-origin", "two-origins", "plugins"],
)
def test_the_pages_of_better_auth_ui_work_as_with_better_auth(
    node_modules: None, chromium: str, ports: tuple[int, int], tmp_path: Path, plays: str, one_origin: bool
) -> None:
    others = (free_port(ports[0] + 10), free_port(ports[1] + 10))

    def trace(server: Server, own: tuple[int, int]) -> Trace:
        folder = tmp_path / server.__name__
        pages = build_pages(tmp_path / f"pages-{own[1]}", "" if one_origin else f"http://localhost:{own[1]}")
        return play(plays, server, pages, chromium, own, folder, one_origin=one_origin, provider_url=provider_url)

    # At the same time: most of it is waiting for pages to come to rest.
    has_provider = "social" in plays
    started = (
        identity_provider(tmp_path / "provider", [ports[0], others[0]]) if has_provider else nullcontext(NO_PROVIDER)
    )
    with started as provider_url, ThreadPoolExecutor() as threads:
        traces = [threads.submit(trace, *side) for side in ((our_server, ports), (reference_server, others))]
        pairs = list(zip(*(each.result() for each in traces), strict=True))
    different = [pair for pair in pairs if pair[0] != pair[1]]
    assert [ours for ours, _ in different] == [reference for _, reference in different]


@pytest.mark.slow
def test_a_server_that_knows_the_application_sends_every_link_back_to_it(
    node_modules: None, chromium: str, ports: tuple[int, int], tmp_path: Path
) -> None:
    """Without its `baseURL` better-auth-ui names paths at most, which are the application's with `app_url`."""
    pages = build_pages(tmp_path / "pages", f"http://localhost:{ports[1]}", PAGE_URL="")
    trace = play("links", our_server, pages, chromium, ports, tmp_path / "ours", knows_application=True)
    ends = {step["step"].removeprefix("links: "): step["address"] for step in trace}
    assert ends["a new password"].startswith("http://page.test/auth/sign-in?token=")
    assert ends["verify the address"] == "http://page.test/"
    assert ends["change the address"] == "http://page.test/account/settings"
    assert ends["delete the account"] == "http://page.test/auth/sign-in"
