"""Redis is down, silent or restarted: errors in bounded time, never a wrong yes, and recovery without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import pytest

from betterauth_py.errors import SecondaryStorageError
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.redis_server import RedisServer

ADA = {"name": "Ada", "email": "ada@example.com", "password": "correct horse"}
SIGN_IN = {"email": ADA["email"], "password": ADA["password"]}
PATIENCE = {"connect_timeout": 0.3, "timeout": 0.3}
FAILED = {"message": "Failed to get session", "code": "FAILED_TO_GET_SESSION"}


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A server that this test may stop."""
    server = RedisServer()
    yield server
    server.resume()
    server.close()


async def timed(request: Any) -> Reply:
    started = perf_counter()
    reply: Reply = await request
    assert perf_counter() - started < 3
    return reply


async def check_while_unreachable(client: Client, app: Any) -> None:
    ready = await timed(client.get("/health/ready"))
    assert (ready.status, ready.json()["secondary_storage"], ready.json()["database"]) == (503, "unreachable", "ok")
    replies = await asyncio.gather(*(timed(client.get("/api/auth/get-session")) for _ in range(20)))
    assert {reply.status for reply in replies} == {500}
    assert replies[0].json() == FAILED
    assert replies[0].set_cookies == [], "the browser keeps its session"
    assert (await timed(client.get("/api/auth/list-sessions"))).status == 500
    assert (await timed(client.post("/api/auth/update-user", {"name": "Eve"}))).status == 500
    assert (await timed(Client(app).post("/api/auth/sign-in/email", SIGN_IN))).status == 500
    # Nobody who has no cookie needs Redis.
    assert (await timed(Client(app).get("/api/auth/get-session"))).json() is None


async def test_while_redis_is_silent_and_after(make_auth: MakeAuth, own_redis: RedisServer) -> None:
    auth = await make_auth(secondary_storage={"url": own_redis.url, **PATIENCE})
    client = Client(auth.app)
    await client.post("/api/auth/sign-up/email", ADA)
    own_redis.pause()
    await check_while_unreachable(client, auth.app)
    own_redis.resume()
    assert (await client.get("/health/ready")).status == 200
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Ada"


async def test_while_redis_is_down_and_after_it_has_lost_everything(
    make_auth: MakeAuth, own_redis: RedisServer
) -> None:
    auth = await make_auth(secondary_storage={"url": own_redis.url, **PATIENCE})
    client = Client(auth.app)
    await client.post("/api/auth/sign-up/email", ADA)
    own_redis.stop()
    await check_while_unreachable(client, auth.app)
    own_redis.start()
    assert (await client.get("/health/ready")).status == 200
    assert (await client.get("/api/auth/get-session")).json() is None
    assert (await client.post("/api/auth/sign-in/email", SIGN_IN)).status == 200
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Ada"


async def test_connections_that_were_cut_are_not_noticed_by_anybody(
    make_auth: MakeAuth, own_redis: RedisServer
) -> None:
    auth = await make_auth(secondary_storage={"url": own_redis.url, **PATIENCE})
    client = Client(auth.app)
    await client.post("/api/auth/sign-up/email", ADA)
    for _ in range(3):
        own_redis.client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Ada"


async def test_a_sign_up_that_cannot_start_its_session_stores_nobody(
    make_auth: MakeAuth, own_redis: RedisServer
) -> None:
    auth = await make_auth(secondary_storage={"url": own_redis.url, **PATIENCE})
    own_redis.stop()
    assert (await timed(Client(auth.app).post("/api/auth/sign-up/email", ADA))).status == 500
    own_redis.start()
    assert (await Client(auth.app).post("/api/auth/sign-up/email", ADA)).status == 200


async def test_a_password_change_that_cannot_end_sessions_changes_nothing(
    make_auth: MakeAuth, own_redis: RedisServer
) -> None:
    auth = await make_auth(
        secondary_storage={"url": own_redis.url, **PATIENCE}, session={"store_session_in_database": True}
    )
    client = Client(auth.app)
    await client.post("/api/auth/sign-up/email", ADA)
    own_redis.stop()
    body = {"currentPassword": ADA["password"], "newPassword": "better horse", "revokeOtherSessions": True}
    assert (await timed(client.post("/api/auth/change-password", body))).status == 500
    own_redis.start()
    assert (await client.post("/api/auth/sign-in/email", SIGN_IN)).status == 200


async def test_the_database_stands_in_where_it_has_the_sessions(make_auth: MakeAuth, own_redis: RedisServer) -> None:
    auth = await make_auth(
        secondary_storage={"url": own_redis.url, **PATIENCE}, session={"store_session_in_database": True}
    )
    client, other = Client(auth.app), Client(auth.app)
    await client.post("/api/auth/sign-up/email", ADA)
    await other.post("/api/auth/sign-in/email", SIGN_IN)
    kept = Client(auth.app, cookies=dict(other.cookies))
    own_redis.stop()
    assert (await timed(client.get("/api/auth/get-session"))).json()["user"]["name"] == "Ada"
    # Signing out ends the session at least in the database.
    assert (await timed(other.post("/api/auth/sign-out"))).status == 200
    own_redis.start()
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "Ada"
    assert (await kept.get("/api/auth/get-session")).json() is None


async def test_requests_that_cannot_be_counted_do_not_pass(make_auth: MakeAuth, own_redis: RedisServer) -> None:
    auth = await make_auth(secondary_storage={"url": own_redis.url, **PATIENCE}, rate_limit={"enabled": True})
    own_redis.stop()
    assert (await timed(Client(auth.app).post("/api/auth/sign-in/email", SIGN_IN))).status == 500


async def test_the_start_is_refused_without_it(make_auth: MakeAuth) -> None:
    with pytest.raises(SecondaryStorageError, match=r"Redis at 127\.0\.0\.1:1 does not answer"):
        await make_auth(secondary_storage={"url": "redis://127.0.0.1:1/0"})
