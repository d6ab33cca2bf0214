"""What the scenarios of the bearer plugin do not show: other plugins' hooks, the session verifier, statements."""

from __future__ import annotations

from typing import Any

import asyncpg
import httpx
import pytest

from betterauth_py import BetterAuth
from betterauth_py.verify import Database, Remote, SessionError, SessionVerifier
from tests.conftest import BASE_URL, CHEAP_PASSWORDS, SECRET, MakeAuth
from tests.http.client import Client, Reply

SIGN_UP = "/api/auth/sign-up/email"
ADA = {"name": "Ada", "email": "ada@example.com", "password": "correct horse", "username": "ada"}


def bearing(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def with_bearer(make_auth: MakeAuth, plugins: Any, **options: Any) -> BetterAuth:
    passwords = {"enabled": True, "password": CHEAP_PASSWORDS}
    return await make_auth(plugins=plugins, email_and_password=passwords, **options)


async def signed_up(auth: BetterAuth) -> Reply:
    reply = await Client(auth.app).post(SIGN_UP, ADA)
    assert reply.status == 200
    return reply


ORDERS: dict[str, dict[str, Any]] = {
    "bearer first": {"bearer": {}, "username": {"immutable_username": True}},
    "bearer last": {"username": {"immutable_username": True}, "bearer": {}},
}


@pytest.mark.parametrize("plugins", ORDERS.values(), ids=ORDERS)
async def test_hooks_of_other_plugins_know_who_bears_the_token(make_auth: MakeAuth, plugins: dict[str, Any]) -> None:
    auth = await with_bearer(make_auth, plugins)
    token = (await signed_up(auth)).json()["token"]
    client = Client(auth.app)
    replies = [
        await client.post("/api/auth/update-user", {"username": name}, bearing(token)) for name in ("lovelace", "ada")
    ]
    assert [(reply.status, reply.json().get("code")) for reply in replies] == [
        (400, "USERNAME_IS_IMMUTABLE"),
        (200, None),
    ]


@pytest.mark.parametrize(("secret", "caching"), [(None, 0.0), (SECRET, 0.0), (SECRET, 5.0)])
async def test_the_verifier_asks_with_the_bearer_token(make_auth: MakeAuth, secret: str | None, caching: float) -> None:
    auth = await with_bearer(make_auth, ["bearer"], secret=SECRET)
    reply = await signed_up(auth)
    app: Any = auth.app
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app))
    source = Remote(BASE_URL, secret=secret, client=client, cache_for=caching)
    async with SessionVerifier(source) as verifier:
        tokens = (reply.header("set-auth-token"), reply.json()["token"])
        found = [await verifier.find(bearing(token)) for token in tokens]
        assert [session and session.user.email for session in found] == ["ada@example.com"] * 2
        for token in ("", "unknown", f"{tokens[0]}x", f"B{tokens[0]}"):
            with pytest.raises(SessionError):
                await verifier.verify(bearing(token))
    await client.aclose()


async def test_the_database_is_asked_with_the_bearer_token(make_auth: MakeAuth, postgres: Any) -> None:
    database = {"url": postgres.database("bearer_verifier")}
    auth = await with_bearer(make_auth, ["bearer"], secret=SECRET, database=database)
    reply = await signed_up(auth)
    signed, plain = reply.header("set-auth-token"), reply.json()["token"]
    pool = await asyncpg.create_pool(database["url"], min_size=1, max_size=1)
    found = {}
    for bearer in ("off", "signed", "any"):
        async with SessionVerifier(Database(pool, secret=SECRET, bearer=bearer)) as verifier:
            found[bearer] = [(await verifier.find(bearing(token))) is not None for token in (signed, plain)]
    await pool.close()
    assert found == {"off": [False, False], "signed": [True, False], "any": [True, True]}


async def test_a_header_is_read_in_linear_time_and_a_token_is_never_shown(make_auth: MakeAuth, caplog: Any) -> None:
    auth = await with_bearer(make_auth, ["bearer"])
    signed = (await signed_up(auth)).header("set-auth-token")
    client = Client(auth.app)
    for token in ("a" * 60_000, "." * 60_000, "%41" * 20_000, f"{signed}{'.x' * 20_000}", "%" * 60_000):
        reply = await client.get("/api/auth/get-session", bearing(token))
        assert (reply.status, reply.body) == (200, b"null")
    assert signed is not None
    assert signed.partition(".")[0] not in caplog.text


async def test_in_process_calls_take_the_header_too(make_auth: MakeAuth) -> None:
    auth = await with_bearer(make_auth, ["bearer"])
    token = (await signed_up(auth)).json()["token"]
    session = await auth.api.get_session(headers={"Authorization": f"bearer {token}"})
    assert session["session"]["token"] == token
    assert await auth.api.get_session(headers={}) is None
