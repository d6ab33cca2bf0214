"""A browser that begins with a storage state of `betterauth_py.testing` is signed in, as Playwright's users have it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from betterauth_py.testing import SyncAuthFactory
from tests.clients.servers import free_port
from tests.clients.trace import run_script

COOKIES = [{"name": "better-auth.session_token", "httpOnly": True, "sameSite": "Lax"}]


@pytest.mark.slow
def test_a_browser_begins_signed_in(
    sync_auth_factory: SyncAuthFactory, chromium: str, node_modules: None, tmp_path: Path
) -> None:
    auth = sync_auth_factory(base_url=f"http://localhost:{free_port()}")
    url = auth.serve()
    state = tmp_path / "ada.json"
    auth.storage_state(auth.users.create(name="Ada Lovelace"), path=state)
    page, out, after = run_script(
        "storage_state.mjs",
        *("--chromium", chromium, "--state", str(state)),
        # The second is another site for the browser: it sends the cookie to the host that set it only.
        *(f"{url}/api/auth/get-session", f"{url.replace('localhost', '127.0.0.1')}/api/auth/get-session"),
        f"{url}/api/auth/get-session?disableCookieCache=true",
        timeout=60,
    )
    assert json.loads(page["shown"])["user"]["name"] == "Ada Lovelace"
    assert page["kept"] == COOKIES
    assert page["ofScript"] == ""
    assert (out["shown"], out["kept"]) == ("null", [])
    assert json.loads(after["shown"])["session"]["token"] == json.loads(page["shown"])["session"]["token"]
