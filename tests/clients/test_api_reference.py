"""The page `/reference` in a real Chromium: it loads nothing from elsewhere, and its operations can be tried out.

`api_reference.mjs` plays the steps and leaves screenshots in `.cache/browser/`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.profiles import CHEAP_PASSWORDS
from tests.clients.servers import ROOT, free_port, our_server
from tests.clients.trace import run_script

FILES = ["swagger-ui.css", "style.css", "swagger-ui.js", "start.js"]


@pytest.mark.slow
def test_the_api_is_searched_and_tried_out_with_nothing_from_elsewhere(
    chromium: str, node_modules: None, tmp_path: Path
) -> None:
    with our_server(free_port(), [], tmp_path) as url:
        screenshots = ("--screenshots", str(ROOT / ".cache" / "browser"))
        (seen,) = run_script("api_reference.mjs", "--api", url, "--chromium", chromium, *screenshots, timeout=120)
    assert [request.partition("?")[0] for request in seen["opened"]] == [
        f"GET {url}/reference",
        *(f"GET {url}/reference/{name}" for name in FILES),
        f"GET {url}/openapi.json",
    ]
    assert seen["all"] == 33
    assert sorted(seen["found"]) == ["/api/auth/reset-password", "/api/auth/reset-password/{token}"]
    # The session that signing up began is the visitor's: the next operation tried has its cookie.
    assert (seen["signedUp"]["status"], seen["session"]["status"]) == ("200", "200")
    assert seen["session"]["shown"]["user"]["email"] == "ada@example.com"
    assert seen["tried"] == [f"POST {url}/api/auth/sign-up/email", f"GET {url}/api/auth/get-session"]
    assert ("Browsers send it by themselves" in seen["explained"], seen["inputs"]) == (True, 0)
    assert seen["width"] == 390  # nothing to scroll sideways on a phone
    assert seen["unbroken"] == []
    assert seen["refused"] == {
        "directives": ["connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem"],
        "inlineRan": False,
    }
    assert seen["evalFailed"] == "EvalError"


@pytest.mark.slow
def test_the_page_of_the_open_api_plugin_is_tried_out_with_nothing_from_elsewhere(
    chromium: str, node_modules: None, tmp_path: Path
) -> None:
    passwords = {"enabled": True, "password": CHEAP_PASSWORDS}
    profile = {"emailAndPassword": passwords, "plugins": {"open-api": {"nonce": "n1"}, "bearer": {}}}
    with our_server(free_port(), [], tmp_path, profile) as url:
        page = f"{url}/api/auth/reference"
        where = ("--api", url, "--path", "/api/auth/reference", "--screenshots", str(tmp_path))
        (seen,) = run_script("api_reference.mjs", *where, "--chromium", chromium, timeout=120)
    assert [request.partition("&")[0] for request in seen["opened"]] == [
        f"GET {page}",
        *(f"GET {page}?file={name}" for name in FILES),
    ]
    assert (seen["signedUp"]["status"], seen["session"]["shown"]["user"]["email"]) == ("200", "ada@example.com")
    assert seen["tried"] == [f"POST {url}/api/auth/sign-up/email", f"GET {url}/api/auth/get-session"]
    assert (seen["unbroken"], seen["refused"]["inlineRan"], seen["width"]) == ([], False, 390)
