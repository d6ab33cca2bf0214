"""Who may call an endpoint: sessions, fresh ones, and code in this process only."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import APIError, Plugin
from betterauth_py.clock import ManualClock
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.guard import Guard
from betterauth_py.flows.security import Security
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import sign_up

DAY = 86_400
ANYTHING = Reply("Whatever", {"type": "object"})
UNAUTHORIZED = {"message": "Unauthorized", "code": "UNAUTHORIZED"}


def guarded(path: str | None, name: str, security: Guard) -> Any:
    async def who(ctx: EndpointContext[Any, Any]) -> dict[str, Any]:
        """Tell who asks."""
        return {"name": ctx.session[1]["name"] if ctx.session else None}

    who.__name__ = name
    return endpoint(path, methods=("GET",), security=security, operation_id=name, reply=ANYTHING)(who)


GUARDED = Plugin(
    id="guarded",
    endpoints=[
        guarded("/any-session", "any_session", Security.SESSION),
        guarded("/sensitive", "sensitive", Security.SENSITIVE_SESSION),
        guarded("/fresh", "fresh", Security.FRESH_SESSION),
        guarded("/hidden", "hidden", Security.SERVER_ONLY),
        guarded(None, "without_url", Security.SERVER_ONLY),
    ],
)
PATHS = ["/api/auth/any-session", "/api/auth/sensitive", "/api/auth/fresh"]


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_passes_without_a_session(make_auth: MakeAuth, path: str) -> None:
    auth = await make_auth(plugins=[GUARDED])
    reply = await Client(auth.app).get(path)
    assert (reply.status, reply.json()) == (401, UNAUTHORIZED)
    forged = Client(auth.app, cookies={"better-auth.session_token": "x" * 32 + "." + "A" * 43 + "="})
    assert (await forged.get(path)).json() == UNAUTHORIZED


@pytest.mark.parametrize("path", PATHS)
async def test_who_is_signed_in_passes(make_auth: MakeAuth, path: str) -> None:
    auth = await make_auth(plugins=[GUARDED])
    client = Client(auth.app)
    await sign_up(client)
    reply = await client.get(path)
    assert (reply.status, reply.json()) == (200, {"name": "Alice"})


async def test_a_session_is_fresh_for_a_day(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(plugins=[GUARDED], clock=clock)
    client = Client(auth.app)
    await sign_up(client)
    clock.advance(DAY - 0.001)
    assert (await client.get("/api/auth/fresh")).status == 200
    clock.advance(0.001)
    stale = await client.get("/api/auth/fresh")
    assert (stale.status, stale.json()) == (403, {"message": "Session is not fresh", "code": "SESSION_NOT_FRESH"})
    assert (await client.get("/api/auth/sensitive")).status == 200


async def test_a_guard_prolongs_a_session_that_is_due(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(plugins=[GUARDED], clock=clock)
    client = Client(auth.app)
    await sign_up(client)
    clock.advance(2 * DAY)
    reply = await client.get("/api/auth/any-session")
    assert [cookie.partition(";")[2] for cookie in reply.set_cookies] == [
        " Max-Age=604800; Path=/; HttpOnly; SameSite=Lax"
    ]


async def test_a_guard_that_prolongs_sends_the_token_too_when_sessions_are_cached(
    make_auth: MakeAuth, clock: ManualClock
) -> None:
    # better-auth 1.7.25 sends session_data alone here, and the browser forgets the token a day early.
    auth = await make_auth(plugins=[GUARDED], clock=clock, session={"cookie_cache": {"enabled": True}})
    client = Client(auth.app)
    await sign_up(client)
    clock.advance(2 * DAY)
    reply = await client.get("/api/auth/any-session")
    set_again = [cookie.partition("=")[0] for cookie in reply.set_cookies if "Max-Age=0" not in cookie]
    assert set_again == ["better-auth.session_token", "better-auth.session_data"]


async def test_every_guard_asks_the_database_about_a_cached_session(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[GUARDED], session={"cookie_cache": {"enabled": True}})
    client = Client(auth.app)
    token = (await sign_up(client)).json()["token"]
    await auth.context.sessions.delete(token)
    statuses = [(await Client(auth.app, cookies=dict(client.cookies)).get(path)).status for path in PATHS]
    assert statuses == [401, 401, 401]


async def test_what_is_for_this_process_only_has_no_url(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[GUARDED])
    client = Client(auth.app)
    reply = await client.get("/api/auth/hidden")
    assert (reply.status, reply.body) == (404, b"")
    assert await auth.api.hidden() == {"name": None}
    assert await auth.api.without_url() == {"name": None}
    assert not [path for path in auth.openapi()["paths"] if "hidden" in path or "without" in path]


async def test_an_in_process_call_is_guarded_by_the_cookie_in_its_headers(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[GUARDED])
    client = Client(auth.app)
    await sign_up(client)
    cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    assert await auth.api.fresh(headers={"Cookie": cookie}) == {"name": "Alice"}
    with pytest.raises(APIError) as caught:
        await auth.api.fresh(headers={})
    assert (caught.value.status, caught.value.body) == (401, UNAUTHORIZED)
