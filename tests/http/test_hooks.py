"""Your own code around endpoints, rows and errors, given as options."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from betterauth_py import APIError, BetterAuth
from betterauth_py.core.messages import Response
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, sign_up

SIGN_UP = "/api/auth/sign-up/email"


async def count(auth: BetterAuth, model: str) -> int:
    table = auth.context.database.table(model)
    return int((await auth.context.database.execute(select(func.count()).select_from(table))).scalar_one())


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_before_hook_may_answer_instead_of_the_endpoint(make_auth: MakeAuth, is_async: bool) -> None:
    def closed(ctx: Any) -> Any:
        return {"closed": True} if ctx.path == "/ok" else None

    async def closed_later(ctx: Any) -> Any:
        return closed(ctx)

    auth = await make_auth(hooks={"before": closed_later if is_async else closed})
    client = Client(auth.app)
    assert (await client.get("/api/auth/ok")).json() == {"closed": True}
    assert (await client.get("/api/auth/get-session")).json() is None
    assert await auth.api.ok() == {"closed": True}


async def test_a_before_hook_may_change_the_body_before_it_is_validated(make_auth: MakeAuth) -> None:
    def rename(ctx: Any) -> None:
        if ctx.path == "/sign-up/email":
            ctx.body = {**ctx.body, "name": "Renamed"}

    auth = await make_auth(hooks={"before": rename})
    reply = await Client(auth.app).post(SIGN_UP, {"email": "a@b.co", "password": "password1234"})
    assert (reply.status, reply.json()["user"]["name"]) == (200, "Renamed")


async def test_hooks_may_raise_errors_and_redirects(make_auth: MakeAuth) -> None:
    def before(ctx: Any) -> None:
        if ctx.path == "/ok":
            ctx.response_headers.set("x-seen", "yes")
            raise APIError.redirect("https://elsewhere.test/")

    def after(ctx: Any) -> None:
        if ctx.path == "/get-session":
            raise APIError(418, {"message": "no", "code": "TEAPOT", "more": [1]})

    auth = await make_auth(hooks={"before": before, "after": after})
    client = Client(auth.app)
    moved = await client.get("/api/auth/ok")
    assert (moved.status, moved.body) == (302, b"")
    assert moved.own_headers == [
        ("content-type", "application/json"),
        ("location", "https://elsewhere.test/"),
        ("x-seen", "yes"),
        ("content-length", "0"),
    ]
    refused = await client.get("/api/auth/get-session")
    assert (refused.status, refused.json()) == (418, {"message": "no", "code": "TEAPOT", "more": [1]})


async def test_an_after_hook_sees_the_answer_or_the_error_and_may_replace_it(make_auth: MakeAuth) -> None:
    seen: list[Any] = []

    def after(ctx: Any) -> Any:
        seen.append((ctx.path, ctx.returned, ctx.new_session and ctx.new_session[1]["name"]))
        if isinstance(ctx.returned, APIError):
            return {"never": "mind"}
        return Response(202, [("x-own", "1")], b"own") if ctx.path == "/ok" else None

    auth = await make_auth(hooks={"after": after})
    client = Client(auth.app)
    answer = await sign_up(client)
    failed = await client.post(SIGN_UP, ALICE)
    own = await client.get("/api/auth/ok")
    # As upstream: the error keeps its status.
    assert (failed.status, failed.json()) == (422, {"never": "mind"})
    assert (own.status, own.header("x-own"), own.body) == (202, "1", b"own")
    assert [path for path, _, _ in seen] == ["/sign-up/email", "/sign-up/email", "/ok"]
    assert seen[0][1]["token"] == answer.json()["token"]
    assert (seen[0][2], seen[1][2], seen[2][1]) == ("Alice", None, {"ok": True})
    assert seen[1][1].code == "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"


async def test_a_row_hook_may_change_a_row_and_sees_who_asked(make_auth: MakeAuth) -> None:
    def shout(row: dict[str, Any], ctx: Any) -> dict[str, Any]:
        return {"name": f"{row['name'].upper()} via {ctx.path}"}

    async def mark(row: dict[str, Any], ctx: Any) -> dict[str, Any]:
        return {"userAgent": f"{row['userAgent']}!"}

    auth = await make_auth(
        database_hooks={"user": {"create": {"before": shout}}, "session": {"create": {"before": mark}}}
    )
    client = Client(auth.app)
    await client.post(SIGN_UP, ALICE, {"user-agent": "tests"})
    found = (await client.get("/api/auth/get-session")).json()
    assert (found["user"]["name"], found["session"]["userAgent"]) == ("ALICE via /sign-up/email", "tests!")


@pytest.mark.parametrize(
    ("model", "code"), [("user", "FAILED_TO_CREATE_USER"), ("session", "FAILED_TO_CREATE_SESSION")]
)
async def test_a_row_hook_may_refuse_and_then_nothing_is_stored(make_auth: MakeAuth, model: str, code: str) -> None:
    auth = await make_auth(database_hooks={model: {"create": {"before": lambda *_: False}}})
    reply = await Client(auth.app).post(SIGN_UP, ALICE)
    assert (reply.status, reply.json()["code"], reply.set_cookies) == (400, code, [])
    assert [await count(auth, name) for name in ("user", "account", "session")] == [0, 0, 0]


@pytest.mark.parametrize("path", ["/revoke-session", "/revoke-sessions", "/revoke-other-sessions"])
async def test_an_error_that_a_hook_before_the_end_of_a_session_raises_is_the_answer(
    make_auth: MakeAuth, path: str
) -> None:
    def refuse(*_: Any) -> None:
        raise APIError(403, {"message": "no"})

    auth = await make_auth(database_hooks={"session": {"delete": {"before": refuse}}})
    client = Client(auth.app)
    token = (await sign_up(client)).json()["token"]
    await Client(auth.app).post("/api/auth/sign-in/email", ALICE)
    reply = await client.post(f"/api/auth{path}", {"token": token})
    assert (reply.status, reply.json()) == (403, {"message": "no"})
    assert await count(auth, "session") == 2


async def test_an_error_that_a_row_hook_raises_is_the_answer_and_rolls_back(make_auth: MakeAuth) -> None:
    def refuse(*_: Any) -> None:
        raise APIError(403, {"message": "not you", "code": "NOT_YOU"})

    auth = await make_auth(database_hooks={"account": {"create": {"before": refuse}}})
    reply = await Client(auth.app).post(SIGN_UP, ALICE)
    assert (reply.status, reply.json()) == (403, {"message": "not you", "code": "NOT_YOU"})
    assert await count(auth, "user") == 0


async def test_after_hooks_of_rows_run_once_everything_is_committed(make_auth: MakeAuth) -> None:
    seen: list[tuple[str, list[int], bool]] = []
    auths: list[BetterAuth] = []

    def noting(model: str) -> Any:
        async def note(row: dict[str, Any], _: Any) -> None:
            counts = [await count(auths[0], name) for name in ("user", "account", "session")]
            seen.append((model, counts, auths[0].context.database.in_transaction))

        return {"create": {"after": note}, "delete": {"after": note}}

    auths.append(await make_auth(database_hooks={name: noting(name) for name in ("user", "account", "session")}))
    client = Client(auths[0].app)
    await sign_up(client)
    assert seen == [(name, [1, 1, 1], False) for name in ("user", "account", "session")]
    await client.post("/api/auth/sign-out")
    assert seen[3:] == [("session", [1, 1, 0], False)]


async def test_a_hook_may_keep_a_session_from_being_deleted(make_auth: MakeAuth) -> None:
    auth = await make_auth(database_hooks={"session": {"delete": {"before": lambda *_: False}}})
    client = Client(auth.app)
    await sign_up(client)
    kept = dict(client.cookies)
    assert (await client.post("/api/auth/sign-out")).json() == {"success": True}
    assert (await Client(auth.app, cookies=kept).get("/api/auth/get-session")).json()["user"]["name"] == "Alice"


async def test_on_error_is_told_of_failures_but_not_of_redirects(make_auth: MakeAuth) -> None:
    told: list[tuple[str, str]] = []

    async def on_error(error: Exception, auth: Any) -> None:
        told.append((type(error).__name__, auth.environment))

    def fail(ctx: Any) -> None:
        if ctx.path == "/get-session":
            raise RuntimeError("broken")
        if ctx.path == "/ok":
            raise APIError.redirect("/")

    auth = await make_auth(hooks={"before": fail}, on_api_error={"on_error": on_error})
    client = Client(auth.app)
    broken = await client.get("/api/auth/get-session")
    assert (broken.status, broken.body) == (500, b"")
    assert (await client.get("/api/auth/ok")).status == 302
    assert told == [("RuntimeError", "development")]
    assert (await client.post(SIGN_UP, None, {"content-type": "application/json"})).status == 400


BROKEN = "a\r\nx-injected: 1\r\n\r\n<b>\0"
BREAKS: dict[str, Any] = {
    "a header of the answer": lambda ctx: ctx.response_headers.set("x-echo", BROKEN),
    "a name": lambda ctx: ctx.response_headers.set("x-echo\r\nx", "a"),
    "a cookie": lambda ctx: ctx.response_headers.add_cookie(f"x-echo={BROKEN}"),
    "an answer of its own": lambda _: Response(200, [("x-echo", BROKEN)]),
}


@pytest.mark.parametrize("how", BREAKS)
async def test_no_hook_breaks_a_header(make_auth: MakeAuth, how: str) -> None:
    # h11 makes a 500 of it, httptools an answer with headers and a body that a stranger wrote.
    auth = await make_auth(hooks={"after": BREAKS[how]})
    reply = await Client(auth.app).get("/api/auth/ok")
    assert reply.status == 200
    texts = [text for pair in reply.headers for text in pair]
    assert any("%0D%0A" in text for text in texts)
    assert not any(character in text for text in texts for character in "\r\n\0")
