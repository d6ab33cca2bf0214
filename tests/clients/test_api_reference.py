"""The page `/reference` in a real Chromium: it loads nothing from elsewhere, and its operations can be tried out.

`api_reference.mjs` plays the steps and leaves screenshots in `.cache/browser/`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

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
