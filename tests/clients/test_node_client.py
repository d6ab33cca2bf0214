"""The unmodified better-auth client in Node: what it sends, gets and makes of it, byte for byte as upstream.

`node_client.mjs` plays the steps. The tables below say what better-auth 1.7.7 does in each of them, and the same
steps against better-auth itself give the same trace, with every header and body, as against our server.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.clients.servers import free_port, our_server, reference_server
from tests.clients.trace import Trace, normalise, run_script

ADDRESS = "203.0.113.7"  # what the script claims in X-Forwarded-For

FIRST_TOKEN, ADA, FIRST_SESSION = "<random 1>", "<random 2>", "<random 3>"

SESSION = ("better-auth.session_token",)
CLEARED = (
    "better-auth.session_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    "better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
    "better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
)


def week(token: str) -> tuple[str]:
    return (f"better-auth.session_token={token}.<signature>; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax",)


def date(moment: str) -> dict[str, str]:
    """A Date object: the client parsed the text of the answer."""
    return {"$date": f"<{moment}>"}


def user(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "email": "ada@example.com",
        "emailVerified": False,
        "image": None,
        "createdAt": date("now"),
        "updatedAt": date("now"),
        "id": ADA,
    }


def session(id: str, token: str, expires: str = "in 7 days") -> dict[str, Any]:
    return {
        "expiresAt": date(expires),
        "token": token,
        "createdAt": date("now"),
        "updatedAt": date("now"),
        "ipAddress": ADDRESS,
        "userAgent": "node",
        "userId": ADA,
        "id": id,
    }


def error(status: int, text: str, code: str, message: str) -> dict[str, Any]:
    return {"message": message, "code": code, "status": status, "statusText": text}


def invalid(message: str) -> dict[str, Any]:
    return error(400, "Bad Request", "VALIDATION_ERROR", message)


WRONG = error(401, "Unauthorized", "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
NO_STRING = "Invalid input: expected string, received undefined"


class Step(NamedTuple):
    """One call of the client: the request line, the cookies it carried, those it got, and its two results."""

    name: str
    request: str
    cookies: tuple[str, ...] = ()
    set_cookie: tuple[str, ...] = ()
    data: Any = None
    error: dict[str, Any] | None = None


SIGN_IN = [
    Step("ok", "GET /ok", data={"ok": True}),
    Step("unknown path", "GET /no-such-endpoint", error={"status": 404, "statusText": "Not Found"}),
    Step("session of a stranger", "GET /get-session"),
    Step(
        "sign-up with an invalid e-mail",
        "POST /sign-up/email",
        error=invalid("[body.email] Invalid email address"),
    ),
    Step(
        "sign-up with missing fields",
        "POST /sign-up/email",
        error=invalid(f"[body.name] {NO_STRING}; [body.password] {NO_STRING}"),
    ),
    Step(
        "sign-up with a short password",
        "POST /sign-up/email",
        error=error(400, "Bad Request", "PASSWORD_TOO_SHORT", "Password too short"),
    ),
    Step(
        "sign-up",
        "POST /sign-up/email",
        set_cookie=week(FIRST_TOKEN),
        data={"token": FIRST_TOKEN, "user": user("Ada Lovelace")},
    ),
    Step(
        "session after sign-up",
        "GET /get-session",
        cookies=SESSION,
        data={"session": session(FIRST_SESSION, FIRST_TOKEN), "user": user("Ada Lovelace")},
    ),
    Step(
        "sign-up with a taken e-mail",
        "POST /sign-up/email",
        error=error(
            422,
            "Unprocessable Entity",
            "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
            "User already exists. Use another email.",
        ),
    ),
    Step("sign-out", "POST /sign-out", cookies=SESSION, set_cookie=CLEARED, data={"success": True}),
    Step("session after sign-out", "GET /get-session"),
    Step("sign-out without a session", "POST /sign-out", set_cookie=CLEARED, data={"success": True}),
    Step("sign-in with a wrong password", "POST /sign-in/email", error=WRONG),
    Step("sign-in with an unknown e-mail", "POST /sign-in/email", error=WRONG),
    Step(
        "sign-in with an invalid e-mail",
        "POST /sign-in/email",
        error=error(400, "Bad Request", "INVALID_EMAIL", "Invalid email"),
    ),
    Step("sign-in with missing fields", "POST /sign-in/email", error=invalid(f"[body.password] {NO_STRING}")),
    Step(
        "sign-in with other letter case",
        "POST /sign-in/email",
        set_cookie=week("<random 4>"),
        data={"redirect": False, "token": "<random 4>", "user": user("Ada Lovelace")},
    ),
    Step(
        "session after sign-in",
        "GET /get-session?disableCookieCache=true",
        cookies=SESSION,
        data={"session": session("<random 5>", "<random 4>"), "user": user("Ada Lovelace")},
    ),
    Step(
        "sign-in that is not remembered",
        "POST /sign-in/email",
        set_cookie=(
            "better-auth.session_token=<random 6>.<signature>; Path=/; HttpOnly; SameSite=Lax",
            "better-auth.dont_remember=true.<signature>; Path=/; HttpOnly; SameSite=Lax",
        ),
        data={"redirect": False, "token": "<random 6>", "user": user("Ada Lovelace")},
    ),
    Step(
        "session that is not remembered",
        "GET /get-session",
        cookies=(*SESSION, "better-auth.dont_remember"),
        data={"session": session("<random 7>", "<random 6>", "in 1 day"), "user": user("Ada Lovelace")},
    ),
    Step(
        "sign-in from a foreign origin",
        "POST /sign-in/email",
        error=error(403, "Forbidden", "INVALID_ORIGIN", "Invalid origin"),
    ),
    Step(
        "sign-in without an origin",
        "POST /sign-in/email",
        error=error(403, "Forbidden", "MISSING_OR_NULL_ORIGIN", "Missing or null Origin"),
    ),
    Step("session without an origin", "GET /get-session"),
]

SCENARIOS = {"sign-in": SIGN_IN}

Server = Callable[[int, list[str], Path], AbstractContextManager[str]]


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def ours(node_modules: None, scenario: str, tmp_path_factory: pytest.TempPathFactory) -> Trace:
    return play(our_server, scenario, tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def reference(node_modules: None, scenario: str, tmp_path_factory: pytest.TempPathFactory) -> Trace:
    return play(reference_server, scenario, tmp_path_factory.mktemp("reference"))


@pytest.fixture(params=["ours", "reference"])
def trace(request: pytest.FixtureRequest, scenario: str) -> Trace:
    trace: Trace = request.getfixturevalue(request.param)
    return trace


def play(server: Server, scenario: str, folder: Path) -> Trace:
    with server(free_port(), [], folder) as base_url:
        return normalise(run_script("node_client.mjs", base_url, scenario, timeout=90), base_url)


def test_every_call_sends_and_returns_what_the_table_says(scenario: str, trace: Trace) -> None:
    assert [summary(step) for step in trace] == SCENARIOS[scenario]


def test_answers_have_no_other_status_header_or_body_than_the_client_reports(trace: Trace) -> None:
    for step in trace:
        (exchange,) = step["exchanges"]
        path, response = exchange["request"]["path"], exchange["response"]
        if step["error"] is None:
            status, body = 200, step["data"]
        else:
            status, body = step["error"]["status"], without_status(step["error"])
        assert response["status"] == status, step["step"]
        assert response["headers"] == expected_headers(path), step["step"]
        assert json.loads(response["body"] or "{}") == without_dates(body), step["step"]


def test_better_auth_gives_the_same_trace(ours: Trace, reference: Trace) -> None:
    different = [pair for pair in zip(ours, reference, strict=True) if pair[0] != pair[1]]
    assert [our_step for our_step, _ in different] == [reference_step for _, reference_step in different]


def summary(step: dict[str, Any]) -> Step:
    (exchange,) = step["exchanges"]
    sent = exchange["request"]
    return Step(
        step["step"],
        f"{sent['method']} {sent['path'].removeprefix('/api/auth')}",
        tuple(sent["cookies"]),
        tuple(exchange["response"]["set_cookie"]),
        step["data"],
        step["error"],
    )


def expected_headers(path: str) -> dict[str, str]:
    if path.endswith("/no-such-endpoint"):
        return {}
    headers = {"content-type": "application/json"}
    if path.startswith("/api/auth/get-session"):
        headers |= {"cache-control": "no-store", "pragma": "no-cache"}
    return headers


def without_status(error: dict[str, Any]) -> dict[str, Any]:
    """The error object of the client without what it took from the status line."""
    return {key: value for key, value in error.items() if key not in ("status", "statusText")}


def without_dates(value: object) -> object:
    """The value as JSON has it: a Date is a string again."""
    if isinstance(value, dict):
        if value.keys() == {"$date"}:
            return value["$date"]
        return {key: without_dates(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_dates(inner) for inner in value]
    return value
