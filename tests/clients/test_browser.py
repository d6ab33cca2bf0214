"""examples/react in a real Chromium on one origin, the auth server on another: what an application's users do.

`browser.mjs` plays the steps and leaves screenshots in `.cache/browser/`.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.servers import ROOT, Server, our_server, page_server, reference_server
from tests.clients.trace import Trace, run_script

SHOWN = {"name": "Ada Lovelace", "email": "ada@example.com"}
COOKIE = {"domain": "localhost", "path": "/", "httpOnly": True, "secure": False, "sameSite": "Lax"}

GET_SESSION = ("GET", "/api/auth/get-session")
SIGN_UP = ("POST", "/api/auth/sign-up/email")
SIGN_IN = ("POST", "/api/auth/sign-in/email")
SIGN_OUT = ("POST", "/api/auth/sign-out")

# What each step reports, and the requests in it: method, path, and whether the browser sent the session cookie.
STEPS: list[tuple[dict[str, Any], list[tuple[tuple[str, str], bool]]]] = [
    ({"step": "open the page", "cookie": None}, [(GET_SESSION, False)]),
    ({"step": "sign up with a short password", "message": "Password too short"}, [(SIGN_UP, False)]),
    (
        {"step": "sign up", "shown": SHOWN, "cookie": COOKIE, "cookies_of_script": ""},
        [(SIGN_UP, False), (GET_SESSION, True)],
    ),
    ({"step": "reload", "shown": SHOWN}, [(GET_SESSION, True)]),
    ({"step": "sign out", "cookie": None}, [(SIGN_OUT, True), (GET_SESSION, False)]),
    ({"step": "reload after signing out"}, [(GET_SESSION, False)]),
    (
        {"step": "sign in with a wrong password", "message": "Invalid email or password", "cookie": None},
        [(SIGN_IN, False)],
    ),
    (
        {"step": "sign up with a taken e-mail", "message": "User already exists. Use another email."},
        [(SIGN_UP, False)],
    ),
    ({"step": "sign in", "shown": SHOWN, "cookie": COOKIE}, [(SIGN_IN, False), (GET_SESSION, True)]),
    ({"step": "open a second tab", "shown": SHOWN}, [(GET_SESSION, True)]),
    (
        {"step": "sign out in the second tab", "cookie": None},
        [(SIGN_OUT, True), (GET_SESSION, False), (GET_SESSION, False)],
    ),
    ({"step": "ask from an origin that is not trusted"}, [(GET_SESSION, False)]),
]


@pytest.mark.slow
@pytest.mark.parametrize("server", [our_server, reference_server])
def test_users_sign_up_in_and_out_across_origins(
    server: Server, chromium: str, build_page: Callable[[str], Path], ports: tuple[int, int], tmp_path: Path
) -> None:
    page_port, api_port = ports
    page_url = f"http://localhost:{page_port}"
    with (
        server(api_port, [page_url], tmp_path) as api_url,
        page_server(page_port, build_page(api_url)),
    ):
        trace = run_script(
            "browser.mjs",
            *("--page", page_url, "--api", api_url, "--chromium", chromium),
            *("--screenshots", str(ROOT / ".cache" / "browser" / server.__name__)),
            timeout=150,
        )

    assert_cookies_live_a_week(trace)
    sent = [step.pop("requests") for step in trace]
    assert trace == [{"ok": True} | reported for reported, _ in STEPS]
    assert [requests_with_cookies(requests) for requests in sent] == [requests for _, requests in STEPS]
    *trusted, foreign = sent
    assert_same_site_headers([request for requests in trusted for request in requests], page_url)
    assert {request["headers"]["origin"] for request in foreign} == {f"http://127.0.0.1:{page_port}"}


def assert_cookies_live_a_week(trace: Trace) -> None:
    for step in trace:
        if step.get("cookie"):
            assert step["cookie"].pop("lifetime") == pytest.approx(7 * 24 * 3600, abs=60)


def requests_with_cookies(requests: Trace) -> list[tuple[tuple[str, str], bool]]:
    """The requests of one step. Preflights are left out: how long the browser remembers one is up to time."""
    return [
        ((request["method"], request["path"]), request["cookies"] == ["better-auth.session_token"])
        for request in requests
        if request["method"] != "OPTIONS"
    ]


def assert_same_site_headers(requests: Trace, page_url: str) -> None:
    """Localhost on another port is another origin but the same site, so SameSite=Lax cookies travel."""
    common = {
        "accept": "*/*",
        "origin": page_url,
        "referer": f"{page_url}/",
        "sec-fetch-dest": "empty",
        "sec-fetch-mode": "cors",
        "sec-fetch-site": "same-site",
    }
    preflight = {"access-control-request-headers": "content-type", "access-control-request-method": "POST"}
    special = {"GET": {}, "POST": {"content-type": "application/json"}, "OPTIONS": preflight}
    for request in requests:
        assert request["headers"] == common | special[request["method"]], request
    # Every POST is JSON, and so every path needs the server's permission first; reading the session does not.
    preflights = [request for request in requests if request["method"] == "OPTIONS"]
    assert {request["path"] for request in preflights} == {path for _, path in (SIGN_UP, SIGN_IN, SIGN_OUT)}
    assert all(request["cookies"] == [] for request in preflights)
