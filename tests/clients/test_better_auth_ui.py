"""better-auth-ui, unmodified, in a real Chromium: its views and a page on its hooks, as in examples/better-auth-ui.

`better_auth_ui/play.mjs` plays the same steps against this server and better-auth; what the pages ask, what is answered
and what people read is compared.
"""

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clients.application_server import application_server
from tests.clients.profiles import PLUGIN_VIEWS, VIEWS
from tests.clients.servers import ROOT, Server, free_port, mails_file, our_server, reference_server
from tests.clients.trace import Trace, normalise, run_script

EXAMPLE = ROOT / "examples" / "better-auth-ui"
SCREENSHOTS = ROOT / ".cache" / "better-auth-ui"


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
) -> Trace:
    """The steps against a server that the pages reach on their own origin, through a proxy, or on another one."""
    folder.mkdir()
    page_port, api_port = ports
    page_url = f"http://localhost:{page_port}"
    profile = (PLUGIN_VIEWS if "plugins" in plays else VIEWS) | ({"baseURL": page_url} if one_origin else {})
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
        return normalise(trace, page=page_url, auth=api_url)


def build_pages(folder: Path, auth_url: str, **more: str) -> Path:
    environment = os.environ | {"AUTH_URL": auth_url, "OUT_DIR": str(folder)} | more
    subprocess.run(["node", "build.mjs"], cwd=EXAMPLE, env=environment, check=True, timeout=60)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plays", "one_origin"),
    [("views,hooks", True), ("links", False), ("plugins", True)],
    ids=["one-origin", "two-origins", "plugins"],
)
def test_the_pages_of_better_auth_ui_work_as_with_better_auth(
    node_modules: None, chromium: str, ports: tuple[int, int], tmp_path: Path, plays: str, one_origin: bool
) -> None:
    others = (free_port(ports[0] + 10), free_port(ports[1] + 10))

    def trace(server: Server, own: tuple[int, int]) -> Trace:
        folder = tmp_path / server.__name__
        pages = build_pages(tmp_path / f"pages-{own[1]}", "" if one_origin else f"http://localhost:{own[1]}")
        return play(plays, server, pages, chromium, own, folder, one_origin=one_origin)

    # At the same time: most of it is waiting for pages to come to rest.
    with ThreadPoolExecutor() as threads:
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
