"""Sessions in secondary storage: one round trip to read, and races that better-auth loses."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth, ConfigurationError
from betterauth_py.clock import ManualClock
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.redis_server import RedisServer

PASSWORD = "correct horse"
ADA = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}


class Shelf:
    """A storage of a deployment's own: the five methods, on a dict."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        await asyncio.sleep(0)
        return self.values.get(key)

    async def set(self, key: str, value: str, ttl: int | None = None) -> None:
        await asyncio.sleep(0)
        self.values[key] = value

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)

    async def get_and_delete(self, key: str) -> str | None:
        return self.values.pop(key, None)

    async def increment(self, key: str, ttl: int) -> int:
        self.values[key] = str(int(self.values.get(key, "0")) + 1)
        return int(self.values[key])


async def sign_up(auth: BetterAuth) -> Client:
    client = Client(auth.app)
    assert (await client.post("/api/auth/sign-up/email", ADA)).status == 200
    return client


async def sign_in(auth: BetterAuth) -> Client:
    client = Client(auth.app)
    reply = await client.post("/api/auth/sign-in/email", {"email": ADA["email"], "password": PASSWORD})
    assert reply.status == 200, reply.body
    return client


def token_of(client: Client) -> str:
    return client.cookies["better-auth.session_token"].partition(".")[0]


def stored(redis: RedisServer, kind: str) -> list[Any]:
    keys = redis.client.keys(f"better-auth:{kind}")
    return [json.loads(redis.client.get(key)) for key in keys]


async def user_of(client: Client) -> Any:
    answer = (await client.get("/api/auth/get-session")).json()
    return answer and answer["user"]


async def test_reading_a_session_is_one_command_and_no_query(make_auth: MakeAuth, redis: RedisServer) -> None:
    auth = await make_auth(secondary_storage={"url": redis.url})
    client = await sign_up(auth)
    await auth.context.database.close()
    redis.calls()
    assert (await user_of(client))["name"] == "Ada"
    # With the user's mark of revocation.
    assert redis.calls() == {"mget": 1}
    assert auth.context.database._engines.made() is None


async def test_sign_ins_at_the_same_moment_are_all_in_the_list(
    make_auth: MakeAuth, redis: RedisServer, sqlite_url: str
) -> None:
    # Two of them stand for two processes.
    options: Any = {"secondary_storage": {"url": redis.url}, "database": {"url": sqlite_url}}
    first, second = [await make_auth(**options) for _ in range(2)]
    clients = [await sign_up(first)]
    clients += await asyncio.gather(*(sign_in(auth) for auth in (first, second) for _ in range(10)))
    [listed] = stored(redis, "active-sessions-*")
    assert sorted(entry["token"] for entry in listed) == sorted(map(token_of, clients))
    assert (await clients[3].post("/api/auth/revoke-sessions")).status == 200
    assert [await user_of(client) for client in clients] == [None] * 21
    assert [key.partition("-before-")[0] for key in redis.client.keys("*")] == ["better-auth:revoked-sessions"]


async def test_a_session_that_ends_while_it_is_prolonged_stays_ended(make_auth: MakeAuth, redis: RedisServer) -> None:
    auth = await make_auth(secondary_storage={"url": redis.url}, session={"update_age": 0})
    await sign_up(auth)
    for _ in range(20):
        client = await sign_in(auth)
        token = token_of(client)
        reads = [Client(auth.app, cookies=dict(client.cookies)).get("/api/auth/get-session") for _ in range(5)]
        await asyncio.gather(*reads[:3], client.post("/api/auth/sign-out"), *reads[3:])
        assert redis.client.get(f"better-auth:{token}") is None


async def test_a_user_who_is_deleted_while_signing_in_leaves_no_session(
    make_auth: MakeAuth, redis: RedisServer
) -> None:
    options = {"delete_user": {"enabled": True}}
    auth = await make_auth(secondary_storage={"url": redis.url}, user=options)
    for _ in range(10):
        client = await sign_up(auth)
        sign_in_body = {"email": ADA["email"], "password": PASSWORD}
        signing_in = [Client(auth.app).post("/api/auth/sign-in/email", sign_in_body) for _ in range(4)]
        deleting = client.post("/api/auth/delete-user", {"password": PASSWORD})
        *replies, deleted = await asyncio.gather(*signing_in, deleting)
        assert deleted.status == 200
        assert {reply.status for reply in replies} <= {200, 401}
        assert not [key for key in redis.client.keys("*") if "-before-" not in key]


async def test_of_two_changes_at_the_same_moment_the_stored_one_is_shown(
    make_auth: MakeAuth, redis: RedisServer
) -> None:
    auth = await make_auth(secondary_storage={"url": redis.url})
    client = await sign_up(auth)
    others = [await sign_in(auth) for _ in range(3)]
    for _ in range(5):
        names = [f"Ada {number}" for number in range(6)]
        await asyncio.gather(*(client.post("/api/auth/update-user", {"name": name}) for name in names))
        user = await auth.context.users.find_by_email(ADA["email"])
        assert user is not None
        assert {(await user_of(other))["name"] for other in others} == {user["name"]}


async def test_a_mailed_token_is_used_once_by_racing_servers(make_auth: MakeAuth, redis: RedisServer) -> None:
    tokens: list[str] = []

    async def send(data: dict[str, Any], _: Any) -> None:
        tokens.append(data["token"])

    options = {"secondary_storage": {"url": redis.url}, "email_and_password": {"send_reset_password": send}}
    auth = await make_auth(**options)
    await sign_up(auth)
    for _ in range(3):
        await Client(auth.app).post("/api/auth/request-password-reset", {"email": ADA["email"]})
        await asyncio.sleep(0.05)
        body = {"newPassword": "better horse", "token": tokens.pop()}
        replies = await asyncio.gather(*(Client(auth.app).post("/api/auth/reset-password", body) for _ in range(8)))
        assert sorted(reply.status for reply in replies) == [200] + [400] * 7


async def test_counts_are_shared_by_all_processes(make_auth: MakeAuth, redis: RedisServer) -> None:
    options: Any = {"secondary_storage": {"url": redis.url}, "rate_limit": {"enabled": True}}
    first, second = [await make_auth(**options) for _ in range(2)]
    body = {"email": ADA["email"], "password": PASSWORD}
    replies = await asyncio.gather(
        *(Client(auth.app).post("/api/auth/sign-in/email", body) for auth in (first, second) for _ in range(5))
    )
    assert sorted(reply.status for reply in replies) == [401] * 3 + [429] * 7
    assert {reply.header("x-retry-after") for reply in replies if reply.status == 429} == {"10"}


async def test_hooks_see_sessions_that_have_no_row(make_auth: MakeAuth, redis: RedisServer) -> None:
    seen: list[str] = []
    hooks = {
        "session": {
            "create": {
                "before": lambda row, _: {"userAgent": f"seen by {row['id']}"},
                "after": lambda row, _: seen.append(row["userAgent"]),
            },
            "update": {"before": lambda row, _: "theme" not in row},
        }
    }
    fields = {"additional_fields": {"theme": {"type": "string", "required": False}}}
    auth = await make_auth(secondary_storage={"url": redis.url}, database_hooks=hooks, session=fields)
    client = await sign_up(auth)
    [session] = [value["session"] for value in stored(redis, "????????????????????????????????")]
    assert seen == [session["userAgent"]] == [f"seen by {session['id']}"]
    assert (await client.post("/api/auth/update-session", {"theme": "dark"})).status == 401


async def test_a_storage_of_the_deployments_own_needs_five_methods(make_auth: MakeAuth) -> None:
    shelf = Shelf()
    auth = await make_auth(secondary_storage=shelf, user={"delete_user": {"enabled": True}})
    clients = [await sign_up(auth), *await asyncio.gather(*(sign_in(auth) for _ in range(10)))]
    [listed] = [json.loads(value) for key, value in shelf.values.items() if key.startswith("active-sessions-")]
    assert len(listed) == 11
    await clients[0].post("/api/auth/update-user", {"name": "Countess"})
    assert (await user_of(clients[5]))["name"] == "Countess"
    assert (await clients[1].post("/api/auth/revoke-other-sessions")).status == 200
    assert [bool(await user_of(client)) for client in clients] == [False, True] + [False] * 9
    assert (await clients[1].post("/api/auth/delete-user", {"password": PASSWORD})).status == 200
    assert [key.partition("-before-")[0] for key in shelf.values] == ["revoked-sessions"]


def test_what_is_no_storage_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="`secondary_storage`: int has no method `get`, `set`, `delete`"):
        BetterAuth(base_url="http://localhost:3000", secret="s" * 40, secondary_storage=5)
    with pytest.raises(ConfigurationError, match=r"`rate_limit.storage` is 'secondary-storage', but there is none"):
        BetterAuth(base_url="http://localhost:3000", secret="s" * 40, rate_limit={"storage": "secondary-storage"})
    with pytest.raises(ConfigurationError, match=r"Unknown option `secondary_storage.prefix`"):
        BetterAuth(base_url="http://localhost:3000", secret="s" * 40, secondary_storage={"url": "x", "prefix": "y"})


async def test_fields_that_clients_never_see_survive_a_change(make_auth: MakeAuth, redis: RedisServer) -> None:
    fields = {
        "theme": {"type": "string", "required": False},
        "secret": {"type": "string", "returned": False, "input": False, "default_value": "for the server"},
    }
    auth = await make_auth(secondary_storage={"url": redis.url}, session={"additional_fields": fields})
    client = await sign_up(auth)
    updated = await client.post("/api/auth/update-session", {"theme": "dark"})
    assert updated.json()["session"].keys() & set(fields) == {"theme"}
    stored_session = json.loads(redis.client.get(f"better-auth:{token_of(client)}"))["session"]
    assert (stored_session["theme"], stored_session["secret"]) == ("dark", "for the server")


async def test_a_value_lives_as_long_as_its_session_also_where_a_hook_says_so(
    make_auth: MakeAuth, redis: RedisServer, clock: ManualClock
) -> None:
    def shorten(row: dict[str, Any], _: Any) -> dict[str, Any]:
        return {"expiresAt": row["createdAt"] + timedelta(hours=1)}

    hooks = {"session": {"create": {"before": shorten}}}
    auth = await make_auth(secondary_storage={"url": redis.url}, database_hooks=hooks, clock=clock)
    client = await sign_up(auth)
    keys = redis.client.keys("*")
    lives = [redis.client.ttl(key) for key in keys]
    assert len(lives) == 2
    assert all(3590 <= life <= 3600 for life in lives)
    clock.advance(3601)
    assert await user_of(client) is None


async def test_other_sessions_end_also_where_only_the_database_has_them(
    make_auth: MakeAuth, redis: RedisServer
) -> None:
    auth = await make_auth(secondary_storage={"url": redis.url}, session={"store_session_in_database": True})
    first, second = await sign_up(auth), await sign_in(auth)
    redis.client.flushall()
    assert (await second.post("/api/auth/revoke-other-sessions")).status == 200
    assert [bool(await user_of(client)) for client in (first, second)] == [False, True]


@pytest.mark.parametrize(
    "rubbish",
    [
        "5",
        "null",
        "[]",
        '{"session":5,"user":{}}',
        '{"session":{"userId":"u","expiresAt":1e300,"createdAt":1,"updatedAt":1},"user":{"id":"u"}}',
        '{"session":{"userId":"u","expiresAt":"soon","createdAt":1,"updatedAt":1},"user":{"id":"u"}}',
        '[{"token":5,"expiresAt":1},{"expiresAt":9000000000000.5},{"token":"x","expiresAt":1e300},5,null]',
        '[{"token":"x","expiresAt":9000000000000.5}]',
    ],
)
async def test_rubbish_in_the_storage_is_nobodys_error(make_auth: MakeAuth, redis: RedisServer, rubbish: str) -> None:
    auth = await make_auth(secondary_storage={"url": redis.url})
    client, other = await sign_up(auth), await sign_in(auth)
    redis.client.set(f"better-auth:{token_of(client)}", rubbish)
    for key in redis.client.keys("better-auth:active-sessions-*"):
        redis.client.set(key, rubbish)
    assert (await client.get("/api/auth/get-session")).json() is None
    assert (await other.get("/api/auth/list-sessions")).status == 200
    assert (await other.post("/api/auth/update-user", {"name": "Countess"})).status == 200
    assert (await (await sign_in(auth)).post("/api/auth/revoke-sessions")).status == 200


async def test_a_hook_that_fails_keeps_no_session_alive(make_auth: MakeAuth, redis: RedisServer) -> None:
    def fail(*_: Any) -> None:
        raise APIError(418, {"message": "no", "code": "NO"})

    auth = await make_auth(
        secondary_storage={"url": redis.url},
        session={"store_session_in_database": True},
        database_hooks={"session": {"delete": {"after": fail}}},
    )
    client, other = await sign_up(auth), await sign_in(auth)
    body = {"currentPassword": PASSWORD, "newPassword": "better horse", "revokeOtherSessions": True}
    assert (await client.post("/api/auth/change-password", body)).status == 418
    assert redis.client.exists(f"better-auth:{token_of(client)}", f"better-auth:{token_of(other)}") == 0
    assert [await user_of(one) for one in (client, other)] == [None, None]
