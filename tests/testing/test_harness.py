"""The helper for other people's tests: servers in memory, people, mails, clients."""

from __future__ import annotations

from asyncio import to_thread

import asyncpg
import pytest

from betterauth_py import ConfigurationError
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.testing import AuthFactory, SyncAuthFactory

PASSWORD = "correct horse battery"


async def test_a_user_signs_in_as_on_any_server(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create(name="Ada", password=PASSWORD)
    client = await auth.client()
    answer = await client.post("/api/auth/sign-in/email", json={"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Ada"


async def test_somebody_is_signed_in_without_a_password(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create(name="Ada")
    client = await auth.client(ada)
    assert (await client.get("/api/auth/get-session")).json()["user"]["id"] == ada.id
    signed_in = await auth.login(ada)
    assert (await auth.api.get_session(headers=signed_in.headers))["session"]["token"] == signed_in.token
    auth.clock.advance(days=8)
    assert (await client.get("/api/auth/get-session")).json() is None


async def test_a_mail_is_there_when_the_answer_is(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create(email="ada@example.com", password=PASSWORD)
    client = await auth.client()
    await client.post("/api/auth/request-password-reset", json={"email": ada.email, "redirectTo": "/reset"})
    mail = auth.mails.last_to("ada@example.com")
    assert mail.kind == "reset-password"
    assert (await client.get(mail.link)).headers["location"].endswith(f"/reset?token={mail.token}")
    changed = await client.post("/api/auth/reset-password", json={"token": mail.token, "newPassword": "another one"})
    assert changed.json() == {"status": True}


def test_the_same_without_await(sync_auth_factory: SyncAuthFactory) -> None:
    auth = sync_auth_factory()
    ada = auth.users.create(name="Ada", password=PASSWORD)
    client = auth.client(ada)
    assert client.get("/api/auth/get-session").json()["user"]["name"] == "Ada"
    verified = auth.verifier().verify(auth.login(ada).headers)
    assert verified.user.id == ada.id


@pytest.mark.parametrize("awaits", [True, False])
async def test_a_postgresql_database_is_made_and_dropped(
    awaits: bool, auth_factory: AuthFactory, sync_auth_factory: SyncAuthFactory, postgres: EmbeddedPostgres
) -> None:
    server = postgres.database(f"testing_{awaits}".lower())
    if awaits:
        auth = await auth_factory(postgres=server)
        assert (await auth.client(await auth.users.create())).cookies
        url = auth.context.database.url
        await auth.aclose()
    else:
        other = await to_thread(sync_auth_factory, postgres=server)
        assert (await to_thread(other.client, await to_thread(other.users.create))).cookies
        url = other.context.database.url
        await to_thread(other.close)
    assert url.dialect == "postgresql"
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url.dsn)


async def test_databases_are_copied_and_apart(auth_factory: AuthFactory) -> None:
    first, second = await auth_factory(), await auth_factory()
    ada = await first.users.create()
    assert await second.context.users.find(ada.id) is None
    # Another schema is another copy.
    third = await auth_factory(user={"additional_fields": {"color": {"type": "string"}}})
    assert (await third.users.create(color="red")).color == "red"
    fourth = await auth_factory(plugins={"jwt": {}})
    assert await fourth.authorization(await fourth.users.create())


async def test_a_start_that_fails_leaves_nothing(auth_factory: AuthFactory) -> None:
    with pytest.raises(ConfigurationError, match="Unknown option `base_ulr`"):
        await auth_factory(base_ulr="http://localhost")
    assert (await auth_factory()).url == "http://localhost:3000"
