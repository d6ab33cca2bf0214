"""examples/react in a real Chromium on one origin, the auth server on another: what an application's users do.

`browser.mjs` plays the steps and leaves screenshots in `.cache/browser/`.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.profiles import MAILED
from tests.clients.servers import ROOT, Server, mails_file, our_server, page_server, reference_server
from tests.clients.trace import Trace, normalise, run_script

SHOWN = {"name": "Ada Lovelace", "email": "ada@example.com"}
RENAMED = {"name": "Ada King", "email": "ada@example.com"}
MOVED = {"name": "Ada King", "email": "king@example.com"}
COOKIE = {"domain": "localhost", "path": "/", "httpOnly": True, "secure": False, "sameSite": "Lax"}

GET_SESSION = ("GET", "/api/auth/get-session")
SIGN_UP = ("POST", "/api/auth/sign-up/email")
SIGN_IN = ("POST", "/api/auth/sign-in/email")
SIGN_OUT = ("POST", "/api/auth/sign-out")
ASK_FOR_RESET = ("POST", "/api/auth/request-password-reset")
RESET_LINK = ("GET", "/api/auth/reset-password/:token")
RESET = ("POST", "/api/auth/reset-password")
UPDATE = ("POST", "/api/auth/update-user")
ASK_FOR_VERIFICATION = ("POST", "/api/auth/send-verification-email")
VERIFICATION_LINK = ("GET", "/api/auth/verify-email")
CHANGE_EMAIL = ("POST", "/api/auth/change-email")
CHANGE_PASSWORD = ("POST", "/api/auth/change-password")
LIST_SESSIONS = ("GET", "/api/auth/list-sessions")
DELETE = ("POST", "/api/auth/delete-user")
LINKS = (RESET_LINK, VERIFICATION_LINK)

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
    (
        {
            "step": "ask for a new password",
            "message": "If there is an account with this address, a mail is on its way.",
        },
        [(ASK_FOR_RESET, False)],
    ),
    ({"step": "open the link of the mail"}, [(RESET_LINK, False), (GET_SESSION, False)]),
    ({"step": "choose a new password", "address": "http://page.test/"}, [(RESET, False)]),
    ({"step": "open the link again"}, [(RESET_LINK, False), (GET_SESSION, False)]),
    ({"step": "sign in with the new password", "shown": SHOWN}, [(SIGN_IN, False), (GET_SESSION, True)]),
    # The second tab hears of the new name, and so of the session.
    ({"step": "change the name", "shown": RENAMED}, [(UPDATE, True), (GET_SESSION, True), (GET_SESSION, True)]),
    (
        {"step": "ask for a verification mail", "message": "A mail to ada@example.com is on its way."},
        [(ASK_FOR_VERIFICATION, True)],
    ),
    (
        {"step": "verify the address", "shown": RENAMED, "unverified": 0, "address": "http://page.test/"},
        [(VERIFICATION_LINK, True), (GET_SESSION, True)],
    ),
    (
        {
            "step": "change the address",
            "message": "A mail is on its way. The address changes when its link is opened.",
        },
        [(CHANGE_EMAIL, True), (GET_SESSION, True)],
    ),
    ({"step": "confirm the new address", "shown": MOVED}, [(VERIFICATION_LINK, True), (GET_SESSION, True)]),
    (
        {"step": "change the password", "message": "Invalid password"},
        [(CHANGE_PASSWORD, True), (CHANGE_PASSWORD, True), (GET_SESSION, True)],
    ),
    ({"step": "look at the devices", "devices": 1}, [(LIST_SESSIONS, True)]),
    ({"step": "delete the account", "cookie": None}, [(DELETE, True), (GET_SESSION, False)]),
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
        server(api_port, [page_url], tmp_path, MAILED) as api_url,
        page_server(page_port, build_page(api_url)),
    ):
        trace = run_script(
            "browser.mjs",
            *("--page", page_url, "--api", api_url, "--mails", str(mails_file(tmp_path)), "--chromium", chromium),
            *(("--screenshots", str(ROOT / ".cache" / "browser")) if server is our_server else ()),
            timeout=150,
        )
        trace = normalise(trace, page=page_url)

    assert_cookies_live_a_week(trace)
    sent = [step.pop("requests") for step in trace]
    assert trace == [{"ok": True} | reported for reported, _ in STEPS]
    assert [requests_with_cookies(requests) for requests in sent] == [requests for _, requests in STEPS]
    *trusted, foreign = sent
    assert_same_site_headers([request for requests in trusted for request in requests], "http://page.test")
    assert {request["headers"]["origin"] for request in foreign} == {f"http://127.0.0.1:{page_port}"}


def assert_cookies_live_a_week(trace: Trace) -> None:
    for step in trace:
        if step.get("cookie"):
            assert step["cookie"].pop("lifetime") == pytest.approx(7 * 24 * 3600, abs=60)


def requests_with_cookies(requests: Trace) -> list[tuple[tuple[str, str], bool]]:
    """The requests of one step. Preflights are left out: how long the browser remembers one is up to time."""
    return [
        (request_line(request), request["cookies"] == ["better-auth.session_token"])
        for request in requests
        if request["method"] != "OPTIONS"
    ]


def request_line(request: dict[str, Any]) -> tuple[str, str]:
    path = request["path"].partition("?")[0]
    return request["method"], re.sub(r"(?<=/reset-password/).+", ":token", path)


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
        if request_line(request) in LINKS:
            assert request["headers"]["sec-fetch-mode"] == "navigate"
            continue
        assert request["headers"] == common | special[request["method"]], request
    # Every POST is JSON, and so every path needs the server's permission first; reading the session does not.
    preflights = [request for request in requests if request["method"] == "OPTIONS"]
    posts = {path for _, sent in STEPS for (method, path), _ in sent if method == "POST"}
    assert {request["path"] for request in preflights} == posts
    assert all(request["cookies"] == [] for request in preflights)
