"""What the scenarios of the custom-session plugin do not show: calls in process, lists of sessions, wrong options."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth, ConfigurationError
from betterauth_py.plugins import Plugin, Reply, Security, endpoint
from betterauth_py.plugins.custom_session import custom_session
from tests.conftest import MakeAuth
from tests.http.client import Client

SIGN_UP = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}


async def shown(found: dict[str, Any], ctx: Any) -> dict[str, Any]:
    return {"email": found["user"]["email"], "session": found["session"]["id"], "path": ctx.path}


@endpoint(
    "/multi-session/list-device-sessions",
    methods=("GET",),
    security=Security.PUBLIC,
    operation_id="listDeviceSessions",
    reply=Reply("The sessions", {"type": "array"}),
)
async def list_device_sessions(ctx: Any) -> Any:
    if ctx.query.get("fail"):
        raise APIError(401)
    return [{"user": {"email": f"{n}@example.com"}, "session": {"id": n}} for n in range(int(ctx.query["many"]))]


MULTI_SESSION = Plugin(id="multi-session", endpoints=[list_device_sessions])
LISTED = "/api/auth/multi-session/list-device-sessions"


async def test_in_process_it_returns_what_the_function_returns(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[custom_session(fn=shown)])
    client = Client(auth.app)
    await client.post("/api/auth/sign-up/email", SIGN_UP)
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
    found = await auth.api.get_session(headers=headers)
    assert (found["email"], found["path"]) == ("ada@example.com", "/get-session")
    assert await auth.api.get_session(headers={}) is None
    with pytest.raises(APIError, match="Headers is required"):
        await auth.api.get_session()


async def test_our_alias_still_shows_the_session_itself(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[custom_session(fn=shown)])
    client = Client(auth.app)
    await client.post("/api/auth/sign-up/email", SIGN_UP)
    assert (await client.get("/api/auth/get-session")).json()["path"] == "/get-session"
    assert (await client.get("/api/auth/session")).json()["user"]["email"] == "ada@example.com"


async def test_the_list_of_a_devices_sessions_is_shown_likewise(make_auth: MakeAuth) -> None:
    both = [custom_session(fn=shown, should_mutate_list_device_sessions_endpoint=True), MULTI_SESSION]
    client = Client((await make_auth(plugins=both)).app)
    path = "/multi-session/list-device-sessions"
    assert (await client.get(f"{LISTED}?many=2")).json() == [
        {"email": "0@example.com", "session": 0, "path": path},
        {"email": "1@example.com", "session": 1, "path": path},
    ]
    assert (await client.get(f"{LISTED}?many=0")).json() == []
    assert (await client.get(f"{LISTED}?fail=1")).status == 401


async def test_the_list_stays_as_it_is_without_the_option(make_auth: MakeAuth) -> None:
    client = Client((await make_auth(plugins=[MULTI_SESSION, custom_session(fn=shown)])).app)
    assert (await client.get(f"{LISTED}?many=1")).json() == [{"user": {"email": "0@example.com"}, "session": {"id": 0}}]


async def test_an_answer_that_is_no_json_is_an_error_without_details(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    auth = await make_auth(plugins=[custom_session(fn=lambda found, _: {"it": object(), **found})])
    client = Client(auth.app)
    await client.post("/api/auth/sign-up/email", SIGN_UP)
    reply = await client.get("/api/auth/get-session")
    assert (reply.status, reply.body) == (500, b"")
    token = next(iter(client.cookies.values())).partition(".")[0]
    assert token not in caplog.text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "`plugins.custom-session.fn`"),
        ({"fn": "no.such.module:function"}, "`plugins.custom-session.fn`: cannot import"),
        ({"fn": 7}, "`plugins.custom-session.fn`"),
    ],
)
def test_wrong_options_stop_the_start(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        BetterAuth(database={"url": "sqlite://"}, plugins={"custom-session": options})
    assert said in str(error.value)
