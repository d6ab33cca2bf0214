"""Cached sessions that the keys of the plugin sign (`session_cookie_cache`)."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.clock import ManualClock
from betterauth_py.plugins.jwt import Tokens
from betterauth_py.plugins.jwt.keys import KEPT_MS
from betterauth_py.testing import UserFactory
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client
from tests.plugins.jwt.support import claims_of, header_of
from tests.store.support import execute_script, stored_rows

CACHED = {"cookie_cache": {"enabled": True, "strategy": "jwt"}}
ON = {"jwt": {"session_cookie_cache": True}}
COOKIE = "better-auth.session_data"
GET = "/api/auth/get-session"


async def sign_up(auth: BetterAuth, address: str = "ada@example.com") -> Client:
    client = Client(auth.app)
    body = {"name": "Ada", "email": address, "password": "password1234"}
    assert (await client.post("/api/auth/sign-up/email", body)).status == 200
    return client


async def name_of(client: Client) -> Any:
    return (await client.get(GET)).json()["user"]["name"]


async def rename(auth: BetterAuth, name: str) -> None:
    await execute_script(str(auth.options.database.url), f"UPDATE user SET name = '{name}'")


@pytest.mark.parametrize("session", [{}, {"cookie_cache": {"enabled": True}}, {"cookie_cache": {"strategy": "jwe"}}])
def test_another_strategy_stops_the_start(session: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        BetterAuth(secret=SECRET, plugins=ON, session=session)
    assert str(caught.value) == (
        "Option `plugins.jwt.session_cookie_cache` needs `session.cookie_cache.strategy` to be 'jwt'. Set it."
    )


def test_cookies_that_outlive_their_key_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    plugins = {"jwt": {"session_cookie_cache": True, "jwks": {"grace_period": 60}}}
    with caplog.at_level(logging.WARNING, logger="betterauth"):
        BetterAuth(secret=SECRET, plugins=plugins, session=CACHED)
    assert "`session.cookie_cache.max_age` (300 s) is above `plugins.jwt.jwks.grace_period` (60 s)" in caplog.text


async def test_a_published_key_proves_the_session_and_a_token_of_another_kind_does_not_pass(
    make_auth: MakeAuth,
) -> None:
    auth = await make_auth(plugins=ON, session=CACHED)
    client = await sign_up(auth)
    cached = client.cookies[COOKIE]
    [key] = (await client.get("/api/auth/jwks")).json()["keys"]
    assert header_of(cached) == {"alg": "EdDSA", "kid": key["kid"], "typ": "better-auth.session-cache+jwt"}
    await rename(auth, "Changed")
    assert await name_of(client) == "Ada"
    # The same claims under the same key, but not called a cached session: what another plugin might be made to sign.
    claims = claims_of(cached)
    client.cookies[COOKIE] = (await auth.api.sign_jwt(body={"payload": claims}))["token"]
    assert claims_of(client.cookies[COOKIE])["session"] == claims["session"]
    assert await name_of(client) == "Changed"


async def test_the_cache_of_one_user_is_not_that_of_another(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=ON, session=CACHED)
    ada, bob = await sign_up(auth), await sign_up(auth, "bob@example.com")
    bob.cookies[COOKIE] = ada.cookies[COOKIE]
    assert (await bob.get(GET)).json()["user"]["email"] == "bob@example.com"


async def test_a_deleted_key_is_believed_for_seconds_at_most(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await make_auth(plugins=ON, session=CACHED, clock=clock)
    client = await sign_up(auth)
    assert await name_of(client) == "Ada"
    await rename(auth, "Changed")
    await execute_script(str(auth.options.database.url), "DELETE FROM jwks")
    clock.advance(KEPT_MS / 1000)
    assert await name_of(client) == "Changed"
    # Signed again, by a new key.
    await rename(auth, "Changed again")
    assert await name_of(client) == "Changed"


async def test_the_table_of_keys_is_not_read_for_every_request(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=ON, session=CACHED)
    client = await sign_up(auth)
    await name_of(client)
    read: list[str] = []
    find_many = auth.context.rows.find_many

    async def counted(model: str, *where: Any, **more: Any) -> Any:
        read.append(model)
        return await find_many(model, *where, **more)

    auth.context.rows.find_many = counted  # type: ignore[method-assign]
    for _ in range(3):
        await name_of(client)
    assert read == []


async def test_a_transaction_that_needs_a_first_key_does_not_wait_for_whoever_waits_for_it(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=ON, session=CACHED)
    keys, begun = auth.context.services.get(Tokens).keys, asyncio.Event()

    async def make_another() -> Any:
        await begun.wait()
        return await keys.signing_key()

    task = asyncio.create_task(make_another())
    async with auth.context.database.transaction():
        await UserFactory(auth.context).create()
        begun.set()
        while not keys._making.locked():  # noqa: ASYNC110 - nothing tells when another begins to wait
            await asyncio.sleep(0)
        async with asyncio.timeout(2):
            key = await keys.signing_key()
    assert (await task).kid == key.kid
    assert len(await stored_rows(str(auth.options.database.url), "jwks")) == 1
