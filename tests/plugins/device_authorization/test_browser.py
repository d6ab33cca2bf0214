"""A device is approved, and another denied, on a second page in a real Chromium (`device_browser.mjs`)."""

from __future__ import annotations

from pathlib import Path

from tests.clients.profiles import CHEAP_PASSWORDS
from tests.clients.servers import our_server, page_server
from tests.clients.trace import run_script


def test_a_user_approves_a_device_on_another_page(
    chromium: str, node_modules: None, ports: tuple[int, int], tmp_path: Path
) -> None:
    page_port, port = ports
    pages = tmp_path / "pages"
    pages.mkdir()
    page_url = f"http://localhost:{page_port}"
    device = {"interval": "1s", "verificationUri": f"{page_url}/device.html"}
    profile = {
        "emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS},
        "plugins": {"device-authorization": device, "bearer": {}},
    }
    with page_server(page_port, pages), our_server(port, [page_url], tmp_path, profile) as api:
        places = ("--page", page_url, "--folder", str(pages), "--api", api, "--chromium", chromium)
        (happened,) = run_script("device_browser.mjs", *places, timeout=120)
    shown = {"hasCode": True, "before": "sign in first", "request": "tv wants profile", "cookies": []}
    assert happened == {
        "approved": {**shown, "decided": "approve: done", "outcome": "approve-ada"},
        "denied": {**shown, "decided": "deny: done", "outcome": "access_denied"},
        "complaints": [],
    }
