"""A transaction-mode pooler stands between: a real PgBouncer with two connections for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from sqlalchemy import text

from betterauth_py import BetterAuth
from betterauth_py.store.migrations import check_schema
from tests.store.pooler import pgbouncer
from tests.store.support import (
    ORIGIN,
    PASSWORD,
    auth_on,
    browser,
    counts,
    database_of,
    new_address,
    query,
    running,
    sign_up,
    sign_up_body,
    transport_to,
)

MODE = {"pool_mode": "transaction", "default_pool_size": "2", "server_round_robin": "1"}


@pytest.fixture
def pooler_url(postgresql_url: str) -> Iterator[str]:
    """The empty database behind a pooler; other servers get to see other connections all the time."""
    with pgbouncer(postgresql_url, MODE) as port:
        yield f"postgresql://postgres@127.0.0.1:{port}{urlsplit(postgresql_url).path}"


def pooled(url: str) -> BetterAuth:
    return auth_on(url, database={"pooled": True}, rate_limit={"storage": "database"})


async def one_visit(auth: BetterAuth) -> None:
    """Sign up, read the session, sign in again, read that session, sign out."""
    email = new_address()
    async with browser(auth) as client:
        signed_up = await client.post("/sign-up/email", json=sign_up_body(email))
        assert signed_up.status_code == 200, signed_up.text
        assert (await client.get("/get-session")).json()["user"]["email"] == email
        signed_in = await client.post("/sign-in/email", json={"email": email, "password": PASSWORD})
        assert signed_in.status_code == 200, signed_in.text
        session = (await client.get("/get-session")).json()["session"]
        assert session["token"] == signed_in.json()["token"]
        assert (await client.post("/sign-out")).json() == {"success": True}
        assert (await client.get("/get-session")).json() is None


async def test_the_tables_are_made_through_the_pooler(pooler_url: str, postgresql_url: str) -> None:
    auth = pooled(pooler_url)
    await auth.migrate()
    await auth.migrate()
    await check_schema(database_of(auth))
    await auth.shutdown()
    assert await counts(postgresql_url, "user", "rate_limit") == {"user": 0, "rate_limit": 0}


async def test_fifty_visitors_at_once_share_two_connections(pooler_url: str, postgresql_url: str) -> None:
    async with running(pooled(pooler_url)) as auth:
        await asyncio.gather(*(one_visit(auth) for _ in range(50)))
        backends = await query(
            postgresql_url,
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
    assert len(backends) <= 2
    assert await counts(postgresql_url, "user", "session") == {"user": 50, "session": 50}


async def test_fifty_requests_of_one_session_at_once(pooler_url: str) -> None:
    async with running(pooled(pooler_url)) as auth, browser(auth) as client:
        await client.post("/sign-up/email", json=sign_up_body(new_address()))
        answers = await asyncio.gather(*(client.get("/get-session") for _ in range(50)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["session"]["id"] for answer in answers}) == 1


async def test_several_instances_behind_one_pooler_do_not_see_each_others_statements(pooler_url: str) -> None:
    async with running(pooled(pooler_url)) as first, running(pooled(pooler_url)) as second:
        await asyncio.gather(*(one_visit(auth) for _ in range(10) for auth in (first, second)))


async def test_nothing_is_left_prepared_on_the_servers_connections(pooler_url: str) -> None:
    async with running(pooled(pooler_url)) as auth:
        await one_visit(auth)
        prepared = text("SELECT name FROM pg_prepared_statements WHERE name <> ''")
        for _ in range(4):
            assert (await database_of(auth).execute(prepared)).all() == []


async def test_a_failed_transaction_leaves_nothing_behind_for_the_next_client(pooler_url: str) -> None:
    async with running(pooled(pooler_url)) as auth:
        email = new_address()
        answers = await asyncio.gather(*(sign_up(auth, email) for _ in range(10)), return_exceptions=True)
        assert sum(isinstance(answer, dict) for answer in answers) == 1
        await asyncio.gather(*(one_visit(auth) for _ in range(5)))


async def test_the_server_recovers_when_the_pooler_drops_its_connections(pooler_url: str, postgresql_url: str) -> None:
    async with running(pooled(pooler_url)) as auth:
        await one_visit(auth)
        await query(
            postgresql_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        await asyncio.sleep(0.2)
        await asyncio.gather(*(one_visit(auth) for _ in range(5)))


async def test_the_app_is_ready_behind_a_pooler(pooler_url: str) -> None:
    auth = pooled(pooler_url)
    async with running(auth), httpx.AsyncClient(transport=transport_to(auth), base_url=ORIGIN) as client:
        assert (await client.get("/health/ready")).status_code == 200
