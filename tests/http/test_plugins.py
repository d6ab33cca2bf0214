"""Everything a plugin can do, by one that does it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import inspect, select

from betterauth_py import APIError, BetterAuth, ConfigurationError, Plugin
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.contributions import Contributions
from betterauth_py.core.endpoint import Reply, endpoint
from betterauth_py.core.messages import Request, Response, text_response
from betterauth_py.core.plugin import Hook, PathRule
from betterauth_py.flows.security import Security
from betterauth_py.models.fields import Field, Model
from betterauth_py.options import DatabaseHooksOptions, RateLimitRule, RowHooks, TableHooks
from betterauth_py.wire.errors import ErrorCode, ErrorCodes, declare
from betterauth_py.wire.validation import Object, String
from tests.conftest import BASE_URL, SECRET, MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, sign_up

Context = EndpointContext[Any, Any]
ANYTHING = Reply("Whatever", {"type": "object"})


class NoteErrors(ErrorCodes):
    NOTE_NOT_FOUND: ErrorCode = declare("There is no such note")


@endpoint(
    "/notes/:owner/:title",
    methods=("GET", "DELETE"),
    security=Security.PUBLIC,
    operation_id="getNote",
    reply=ANYTHING,
    errors=((404, NoteErrors.NOTE_NOT_FOUND),),
)
async def get_note(ctx: Context) -> dict[str, Any]:
    """Read a note."""
    note = ctx.auth.database.table("note")
    found = (await ctx.auth.database.execute(select(note).where(note.c.title == ctx.params["title"]))).first()
    if found is None:
        raise APIError.of(404, NoteErrors.NOTE_NOT_FOUND)
    return {"title": found._mapping["title"], "params": ctx.params, "method": ctx.method}


@endpoint(
    "/notes",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="addNote",
    body=Object({"title": String(min_length=1)}),
    reply=ANYTHING,
)
async def add_note(ctx: Context) -> dict[str, Any]:
    """Write a note."""
    assert ctx.session is not None
    note = ctx.auth.database.table("note")
    values = {"id": ctx.auth.generate_id("note"), "title": ctx.body["title"], "authorId": ctx.session[1]["id"]}
    await ctx.auth.database.execute(note.insert().values(values))
    cookie = ctx.auth.make_cookie("last_note", 60)
    ctx.set_cookie(cookie, ctx.body["title"])
    ctx.response_status = 201
    return {"title": ctx.body["title"]}


async def answer_teapot(request: Request, auth: AuthContext) -> Request | Response | None:
    if request.path.endswith("/teapot"):
        return text_response(418, auth.options.app_name)
    if request.path.endswith("/alias-of-ok"):
        return Request(method="GET", path="/api/auth/ok", headers=request.headers)
    return None


async def sign_response(response: Response, _: AuthContext) -> Response | None:
    if response.status == 404:
        return None
    return replace(response, headers=[*response.headers, ("x-notes", "yes")])


async def refuse_bob(ctx: Context) -> Any:
    if ctx.body.get("name") == "Bob":
        raise APIError(403, {"message": "no Bobs"})
    if ctx.body.get("name") == "Carol":
        return {"answered": "before"}
    return None


async def add_greeting(ctx: Context) -> Any:
    ctx.response_headers.set("x-greeting", "hello")
    return None if isinstance(ctx.returned, APIError) else {**ctx.returned, "greeting": "hello"}


def notes() -> Plugin:
    def is_sign_up(ctx: Context) -> bool:
        return ctx.path == "/sign-up/email"

    return Plugin(
        id="notes",
        endpoints=[get_note, add_note],
        schema={
            "user": Model(
                name="user", fields={"motto": Field(required=False), "pin": Field(required=False, returned=False)}
            ),
            "note": Model(name="note", fields={"title": Field(unique=True), "authorId": Field(required=False)}),
        },
        before=[Hook(matcher=is_sign_up, handler=refuse_bob)],
        after=[Hook(matcher=is_sign_up, handler=add_greeting)],
        on_request=answer_teapot,
        on_response=sign_response,
        database_hooks=DatabaseHooksOptions(
            user=TableHooks(create=RowHooks(before=lambda row, _: {"motto": f"{row['name']} was here", "pin": "1234"}))
        ),
        rate_limit=[PathRule(matcher=lambda path: path.startswith("/notes"), rule=RateLimitRule(window=60, max=2))],
        error_codes=NoteErrors,
        setup=lambda _: Contributions(trusted_origins=["https://notes.test"]),
    )


async def test_its_columns_are_stored_shown_or_hidden(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[notes()])
    user = (await sign_up(Client(auth.app))).json()["user"]
    assert list(user) == ["name", "email", "emailVerified", "image", "createdAt", "updatedAt", "motto", "id"]
    assert user["motto"] == "Alice was here"
    stored = await auth.context.users.find_by_email("alice@example.com")
    assert stored is not None
    assert stored["pin"] == "1234"


async def test_its_table_and_columns_are_migrated(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[notes()])
    columns = await auth.context.database.run(
        lambda connection: {
            table: [column["name"] for column in inspect(connection).get_columns(table)] for table in ("note", "user")
        }
    )
    assert columns["note"] == ["id", "title", "author_id"]
    assert columns["user"][-2:] == ["motto", "pin"]


async def test_its_endpoints_are_guarded_validated_and_answered(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[notes()])
    client = Client(auth.app)
    refused = await client.post("/api/auth/notes", {"title": "first"})
    assert (refused.status, refused.json()) == (401, {"message": "Unauthorized", "code": "UNAUTHORIZED"})
    await sign_up(client)
    invalid = await client.post("/api/auth/notes", {"title": ""})
    assert invalid.json()["message"] == "[body.title] Too small: expected string to have >=1 characters"
    added = await client.post("/api/auth/notes", {"title": "first"})
    assert (added.status, added.json()) == (201, {"title": "first"})
    assert added.set_cookies == ["better-auth.last_note=first; Max-Age=60; Path=/; HttpOnly; SameSite=Lax"]
    assert added.header("x-notes") == "yes"


async def test_path_parameters_arrive_as_they_were_sent(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[notes()])
    client = Client(auth.app)
    await sign_up(client)
    await client.post("/api/auth/notes", {"title": "first"})
    found = await client.get("/api/auth/notes/al%20ice/first")
    assert found.json() == {"title": "first", "params": {"owner": "al%20ice", "title": "first"}, "method": "GET"}
    missing = await client.get("/api/auth/notes/alice/second")
    assert (missing.status, missing.json()) == (404, {"message": "There is no such note", "code": "NOTE_NOT_FOUND"})
    for wrong in ("/notes/alice", "/notes/alice/", "/notes//first", "/notes/a/b/c"):
        reply = await client.get(f"/api/auth{wrong}")
        assert (reply.status, reply.body) == (404, b""), wrong


async def test_its_hooks_run_before_and_after_what_they_match(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[notes()])
    client = Client(auth.app)
    bob = await client.post("/api/auth/sign-up/email", {**ALICE, "name": "Bob"})
    assert (bob.status, bob.json(), bob.header("x-greeting")) == (403, {"message": "no Bobs"}, None)
    carol = await client.post("/api/auth/sign-up/email", {**ALICE, "name": "Carol"})
    assert (carol.status, carol.json()) == (200, {"answered": "before"})
    alice = await sign_up(client)
    assert (alice.json()["greeting"], alice.header("x-greeting")) == ("hello", "hello")
    failed = await client.post("/api/auth/sign-up/email", ALICE)
    assert (failed.status, failed.header("x-greeting")) == (422, "hello")
    assert (await client.get("/api/auth/ok")).json() == {"ok": True}


async def test_it_sees_requests_before_routing_and_responses_before_sending(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[notes()], app_name="Teapots")
    client = Client(auth.app)
    teapot = await client.get("/api/auth/teapot")
    assert (teapot.status, teapot.body, teapot.header("x-notes")) == (418, b"Teapots", None)
    alias = await client.get("/api/auth/alias-of-ok")
    assert (alias.json(), alias.header("x-notes")) == ({"ok": True}, "yes")


async def test_its_rate_rules_count(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[notes()], rate_limit={"enabled": True})
    client = Client(auth.app)
    replies = [await client.get("/api/auth/notes/a/b") for _ in range(3)]
    assert [reply.status for reply in replies] == [404, 404, 429]
    assert replies[2].headers[:2] == [("content-type", "application/json"), ("x-retry-after", "60")]
    assert replies[2].json() == {"message": "Too many requests. Please try again later."}


async def test_its_init_sees_the_assembled_auth_and_its_errors_are_named(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[notes()])
    assert auth.context.static_origins == [BASE_URL, "https://notes.test"]
    assert NoteErrors.table() == {"NOTE_NOT_FOUND": "There is no such note"}
    operations = auth.openapi()["paths"]["/api/auth/notes/{owner}/{title}"]
    assert [operation["operationId"] for operation in operations.values()] == ["getNote", "getNoteByDelete"]


async def test_its_endpoint_takes_the_place_of_a_core_one_with_the_same_operation(make_auth: MakeAuth) -> None:
    @endpoint("/ok", methods=("GET",), security=Security.PUBLIC, operation_id="ok", reply=ANYTHING, replaces="ok")
    async def ok(ctx: Context) -> dict[str, Any]:
        """Be fine."""
        return {"ok": "better"}

    auth = await make_auth(plugins=[Plugin(id="fine", endpoints=[ok])])
    assert (await Client(auth.app).get("/api/auth/ok")).json() == {"ok": "better"}


def test_two_plugins_cannot_serve_the_same_path() -> None:
    other = endpoint("/notes", methods=("POST",), security=Security.PUBLIC, operation_id="x", reply=ANYTHING)(
        add_note.handler
    )
    other = replace(other, operation="something_else")
    with pytest.raises(ConfigurationError, match="The plugins notes and more-notes both serve POST /notes"):
        BetterAuth(secret=SECRET, plugins=[notes(), Plugin(id="more-notes", endpoints=[other])])


async def test_two_auths_in_one_process_do_not_touch_each_other(make_auth: MakeAuth) -> None:
    plain, rich = await make_auth(base_path="/plain"), await make_auth(plugins=[notes()])
    first, second = Client(plain.app), Client(rich.app)
    plain_user = (await sign_up(first, "/plain")).json()
    rich_user = (await sign_up(second)).json()
    assert "motto" not in plain_user["user"]
    assert "greeting" not in plain_user
    assert rich_user["user"]["motto"] == "Alice was here"
    assert (await first.get("/plain/notes/a/b")).status == 404
    assert (await first.get("/plain/notes/a/b")).body == b""
    assert plain.context.static_origins == [BASE_URL]
    assert set(plain.metadata.tables) == {"user", "session", "account", "verification"}
    assert set(rich.metadata.tables) == {"user", "session", "account", "verification", "note"}
    with pytest.raises(AttributeError):
        _ = plain.api.add_note
    stranger = Client(rich.app, cookies=dict(first.cookies))
    assert (await stranger.get("/api/auth/get-session")).json() is None
