"""The header `set-auth-jwt`: for pages of other origins too, and never at the price of the session."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import APIError
from betterauth_py.plugins.jwt import jwt
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import sign_up
from tests.plugins.jwt.support import claims_of
from tests.store.support import execute_script

OTHER = "https://app.example.com"


async def test_a_page_of_a_trusted_origin_may_read_it(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["jwt"], trusted_origins=[OTHER])
    client = Client(auth.app)
    await sign_up(client)
    reply = await client.get("/api/auth/get-session", {"origin": OTHER})
    assert reply.header("access-control-expose-headers") == "X-Retry-After, Set-Auth-Token, Set-Auth-Jwt"
    assert claims_of(str(reply.header("set-auth-jwt")))["email"] == "alice@example.com"
    own = await client.get("/api/auth/get-session")
    assert own.header("access-control-expose-headers") == "set-auth-jwt"


async def test_it_is_named_beside_what_a_hook_has_exposed(make_auth: MakeAuth) -> None:
    def expose(ctx: Any) -> None:
        ctx.set_header("access-control-expose-headers", "x-own, set-auth-jwt")

    auth = await make_auth(plugins=["jwt"], hooks={"after": expose}, trusted_origins=[OTHER])
    client = Client(auth.app)
    await sign_up(client)
    reply = await client.get("/api/auth/get-session")
    assert reply.header("access-control-expose-headers") == "x-own, set-auth-jwt"
    reply = await client.get("/api/auth/get-session", {"origin": OTHER})
    assert reply.header("access-control-expose-headers") == "X-Retry-After, Set-Auth-Token, Set-Auth-Jwt, x-own"


async def test_what_a_hook_exposes_is_named_whole_however_like_ours_it_is(make_auth: MakeAuth) -> None:
    def expose(ctx: Any) -> None:
        ctx.set_header("access-control-expose-headers", "auth, SET-AUTH-TOKEN, , after")

    auth = await make_auth(hooks={"after": expose}, trusted_origins=[OTHER])
    reply = await Client(auth.app).get("/api/auth/ok", {"origin": OTHER})
    exposed = reply.header("access-control-expose-headers")
    assert exposed == "X-Retry-After, Set-Auth-Token, Set-Auth-Jwt, auth, after"


async def test_a_session_is_shown_where_no_token_can_be_made(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    auth = await make_auth(plugins=["jwt"])
    client = Client(auth.app)
    await sign_up(client)
    await auth.api.get_jwks()
    await execute_script(str(auth.options.database.url), """UPDATE jwks SET private_key = '"00"'""")
    reply = await client.get("/api/auth/get-session")
    assert (reply.status, reply.json()["user"]["name"], reply.header("set-auth-jwt")) == (200, "Alice", None)
    assert "There is no token for a session: The private key" in caplog.text
    assert (await client.get("/api/auth/token")).status == 500


async def test_a_payload_that_fails_costs_the_token_and_one_that_refuses_is_obeyed(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    async def define_payload(known: dict[str, Any]) -> dict[str, Any]:
        if known["user"]["name"] == "Mallory":
            raise APIError(403, {"message": "Not you", "code": "NOT_YOU"})
        raise RuntimeError("the claims are broken")

    auth = await make_auth(plugins=[jwt(jwt={"define_payload": define_payload})])
    client = Client(auth.app)
    await sign_up(client)
    reply = await client.get("/api/auth/get-session")
    assert (reply.status, reply.header("set-auth-jwt")) == (200, None)
    assert "There is no token for a session: the claims are broken" in caplog.text
    await sign_up(client, name="Mallory", email="mallory@example.com")
    assert (await client.get("/api/auth/token")).json() == {"message": "Not you", "code": "NOT_YOU"}
    assert (await client.get("/api/auth/get-session")).json() == {"message": "Not you", "code": "NOT_YOU"}
