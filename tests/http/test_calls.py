"""What one call has of its own: its context, what it remembers and changes, and the endpoints it runs."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth, Plugin
from betterauth_py.core.call_state import StateKey
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.endpoint import Endpoint, Reply, endpoint
from betterauth_py.core.plugin import Hook
from betterauth_py.current import current_endpoint_context
from betterauth_py.flows.security import Security
from betterauth_py.wire.headers import EXPOSE_HEADERS
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, PASSWORD, sign_up

Context = EndpointContext[Any, Any]
ANYTHING = Reply("Whatever", {"type": "object"})
VISITS: StateKey[int] = StateKey("visits")


def plugin_with(*endpoints: Endpoint[Any, Any], **more: Any) -> Plugin:
    return Plugin(id="calls", endpoints=endpoints, **more)


async def test_a_call_within_a_call_leaves_the_outer_one_to_database_hooks(make_auth: MakeAuth) -> None:
    seen: list[str] = []
    auth: BetterAuth

    async def ask_within(ctx: Context) -> None:
        if ctx.path == "/sign-up/email":
            await auth.api.ok()

    def remember(row: Any, ctx: Context | None) -> None:
        seen.append(ctx.path if ctx else "nobody")

    auth = await make_auth(
        hooks={"before": ask_within},
        database_hooks={"user": {"create": {"before": remember, "after": remember}}},
    )
    await sign_up(Client(auth.app))
    assert seen == ["/sign-up/email", "/sign-up/email"]
    await auth.api.sign_up_email(body={**ALICE, "email": "bob@example.com"})
    assert seen[2:] == ["/sign-up/email", "/sign-up/email"]
    assert current_endpoint_context() is None


async def test_hooks_and_endpoints_remember_for_the_length_of_a_call(make_auth: MakeAuth) -> None:
    @endpoint("/visits", methods=("GET",), security=Security.PUBLIC, operation_id="visits", reply=ANYTHING)
    async def visits(ctx: Context) -> dict[str, Any]:
        """Count."""
        return {"visits": ctx.state.get(VISITS), "other": ctx.state.get(StateKey("visits"))}

    async def count(ctx: Context) -> None:
        ctx.state.set(VISITS, (ctx.state.get(VISITS) or 0) + 1)

    auth = await make_auth(plugins=[plugin_with(visits, before=[Hook(handler=count)])])
    for _ in range(2):
        assert (await Client(auth.app).get("/api/auth/visits")).json() == {"visits": 1, "other": None}


async def test_the_base_url_of_one_call_is_nobody_elses(make_auth: MakeAuth) -> None:
    @endpoint("/where", methods=("GET",), security=Security.PUBLIC, operation_id="where", reply=ANYTHING)
    async def where(ctx: Context) -> dict[str, Any]:
        """Tell where."""
        return {"url": ctx.base_url}

    async def move(ctx: Context) -> None:
        if "moved" in ctx.query:
            ctx.base_url = "https://preview.example.com/api/auth"

    auth = await make_auth(plugins=[plugin_with(where, before=[Hook(paths={"/where"}, handler=move)])])
    client = Client(auth.app)
    usual = (await client.get("/api/auth/where")).json()
    assert (await client.get("/api/auth/where?moved")).json() == {"url": "https://preview.example.com/api/auth"}
    assert (await client.get("/api/auth/where")).json() == usual


async def test_an_endpoint_runs_another_with_its_hooks_for_the_same_client(make_auth: MakeAuth) -> None:
    @endpoint("/again", methods=("POST",), security=Security.PUBLIC, operation_id="again", reply=ANYTHING)
    async def again(ctx: Context) -> dict[str, Any]:
        """Sign in by another endpoint."""
        body = {"email": ALICE["email"], "password": ctx.body["password"]}
        answer = await ctx.dispatch("sign_in_email", body=body)
        assert ctx.new_session is not None
        session = await ctx.dispatch("get_session")
        return {"user": answer["user"]["email"], "visits": ctx.state.get(VISITS), "session": session}

    async def count(ctx: Context) -> None:
        ctx.state.set(VISITS, (ctx.state.get(VISITS) or 0) + 1)

    auth = await make_auth(plugins=[plugin_with(again, after=[Hook(paths={"/sign-in/email"}, handler=count)])])
    await sign_up(Client(auth.app))
    client = Client(auth.app)
    reply = await client.post("/api/auth/again", {"password": PASSWORD})
    # The request has no cookie, so that no session is read in it, but the one that has begun is sent.
    assert reply.json() == {"user": ALICE["email"], "visits": 1, "session": None}
    assert len(reply.set_cookies) == 1
    assert (await client.get("/api/auth/get-session")).json()["user"]["email"] == ALICE["email"]
    refused = await client.post("/api/auth/again", {"password": "another"})
    assert (refused.status, refused.json()["code"]) == (401, "INVALID_EMAIL_OR_PASSWORD")


async def test_a_hook_knows_what_the_answer_sets(make_auth: MakeAuth) -> None:
    found: dict[str, Any] = {}

    async def look(ctx: Context) -> None:
        name = ctx.auth.cookies.session_token.name
        found["token"] = ctx.pending_cookie(name)
        found["names"] = sorted(ctx.pending_cookies("better-auth."))
        found["request"] = sorted(ctx.cookies("better-auth."))
        found["nothing"] = ctx.pending_cookie("nothing")
        ctx.expose_header("x-one")

    async def expose(ctx: Context) -> None:
        ctx.expose_header("X-Two")
        ctx.expose_header("x-one")

    auth = await make_auth(
        plugins=[
            plugin_with(after=[Hook(prefixes=("/sign-",), handler=look), Hook(prefixes=("/sign-",), handler=expose)])
        ]
    )
    client = Client(auth.app)
    reply = await sign_up(client)
    assert found["names"] == ["better-auth.session_token"]
    assert found["token"].partition(".")[0] == reply.json()["token"]
    assert found["request"] == []
    assert found["nothing"] is None
    assert reply.header(EXPOSE_HEADERS) == "x-one, X-Two"
    await client.post("/api/auth/sign-out")
    assert (found["token"], found["request"]) == ("", ["better-auth.session_token"])


async def test_a_hook_is_asked_only_about_the_endpoints_it_names(make_auth: MakeAuth) -> None:
    asked: list[str] = []

    def hook(name: str, **where: Any) -> Hook:
        async def note(ctx: Context) -> None:
            asked.append(f"{name} {ctx.path}")

        def matches(ctx: Context) -> bool:
            asked.append(f"{name}? {ctx.path}")
            return False

        return Hook(handler=note, matcher=matches if where.pop("matching", False) else None, **where)

    hooks = [
        hook("all"),
        hook("path", paths={"/ok"}),
        hook("prefix", prefixes=("/get-",)),
        hook("both", paths={"/get-session"}, prefixes=("/o",)),
        hook("matcher", paths={"/ok"}, matching=True),
    ]
    auth = await make_auth(plugins=[plugin_with(before=hooks, after=hooks[1:2])])
    client = Client(auth.app)
    await client.get("/api/auth/ok")
    assert asked == ["all /ok", "path /ok", "both /ok", "matcher? /ok", "path /ok"]
    asked.clear()
    await client.get("/api/auth/get-session")
    assert asked == ["all /get-session", "prefix /get-session", "both /get-session"]


async def test_an_error_within_a_call_leaves_the_outer_one_as_it_was(make_auth: MakeAuth) -> None:
    seen: list[str] = []
    auth: BetterAuth

    async def fail_within(ctx: Context) -> None:
        if ctx.path == "/sign-up/email":
            with pytest.raises(APIError):
                await auth.api.sign_in_email(body={"email": "nobody@example.com", "password": PASSWORD})

    auth = await make_auth(
        hooks={"before": fail_within},
        database_hooks={"user": {"create": {"before": lambda _, ctx: seen.append(ctx.path)}}},
    )
    await sign_up(Client(auth.app))
    assert seen == ["/sign-up/email"]
