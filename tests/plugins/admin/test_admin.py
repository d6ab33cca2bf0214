"""What the scenarios of the admin plugin do not show: races, what a former admin can do, bounds, hidden fields."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import event

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.crypto.random import generate_id
from betterauth_py.plugins import Where
from tests.conftest import CHEAP_PASSWORDS, SECRET, MakeAuth
from tests.http.client import Client, Reply
from tests.redis_server import RedisServer

API = "/api/auth/admin"
PASSWORD = "correct horse"


@pytest.fixture(params=["sqlite", "postgres"])
async def auth(request: pytest.FixtureRequest, make_auth: MakeAuth) -> BetterAuth:
    return await made(make_auth, request if request.param == "postgres" else None)


async def made(make_auth: MakeAuth, request: pytest.FixtureRequest | None = None, **options: Any) -> BetterAuth:
    if request is not None:
        database = request.getfixturevalue("postgres").database(f"admin_{generate_id(8).lower()}")
        options["database"] = {"url": database}
    options.setdefault("plugins", ["admin"])
    passwords = {"enabled": True, "password": CHEAP_PASSWORDS}
    return await make_auth(email_and_password=passwords, secret=SECRET, **options)


async def sign_in(client: Client, name: str) -> Reply:
    return await client.post("/api/auth/sign-in/email", {"email": f"{name}@example.com", "password": PASSWORD})


async def user_of(auth: BetterAuth, name: str, role: str = "user") -> tuple[Client, str]:
    """Return a signed-in user with a role, and its id."""
    client = Client(auth.app)
    body = {"name": name, "email": f"{name}@example.com", "password": PASSWORD}
    user_id: str = (await client.post("/api/auth/sign-up/email", body)).json()["user"]["id"]
    await auth.context.users.update(user_id, {"role": role})
    return client, user_id


async def post(client: Client, path: str, **body: Any) -> Reply:
    return await client.post(f"{API}/{path}", body)


def statuses(replies: Sequence[Reply]) -> list[int]:
    return sorted(reply.status for reply in replies)


async def is_signed_in(client: Client) -> bool:
    return (await client.get("/api/auth/get-session")).json() is not None


async def test_no_session_outlives_a_ban_at_the_same_moment(auth: BetterAuth) -> None:
    ada, _ = await user_of(auth, "ada", "admin")
    _, bob = await user_of(auth, "bob")
    for _ in range(4):
        visitors = [Client(auth.app) for _ in range(8)]
        tries = [asyncio.create_task(sign_in(visitor, "bob")) for visitor in visitors]
        await asyncio.sleep(0.01)
        ban = await post(ada, "ban-user", userId=bob)
        replies = await asyncio.gather(*tries)
        assert ban.status == 200
        assert set(statuses(replies)) <= {200, 403}
        assert await auth.context.rows.count("session", Where("userId", bob)) == 0
        assert (await post(ada, "unban-user", userId=bob)).status == 200


async def test_an_expired_ban_is_lifted_by_whoever_comes_first(auth: BetterAuth) -> None:
    _, bob = await user_of(auth, "bob")
    past = auth.context.after(-1)
    await auth.context.users.update(bob, {"banned": True, "banReason": "spam", "banExpires": past})
    replies = await asyncio.gather(*(sign_in(Client(auth.app), "bob") for _ in range(8)))
    assert statuses(replies) == [200] * 8
    user = await auth.context.users.find(bob)
    assert user is not None
    assert (user["banned"], user["banReason"], user["banExpires"]) == (False, None, None)


async def test_of_two_admins_who_take_each_others_role_one_stays(auth: BetterAuth) -> None:
    ada, ada_id = await user_of(auth, "ada", "admin")
    bob, bob_id = await user_of(auth, "bob", "admin")
    for _ in range(4):
        replies = await asyncio.gather(
            post(ada, "set-role", userId=bob_id, role="user"), post(bob, "set-role", userId=ada_id, role="user")
        )
        assert statuses(replies) == [200, 403]
        admins = await auth.context.rows.find_many("user", Where("role", "admin"))
        assert len(admins) == 1
        for user_id in (ada_id, bob_id):
            await auth.context.users.update(user_id, {"role": "admin"})


async def test_of_two_admins_who_ban_each_other_one_stays(auth: BetterAuth) -> None:
    ada, ada_id = await user_of(auth, "ada", "admin")
    bob, bob_id = await user_of(auth, "bob", "admin")
    replies = await asyncio.gather(post(ada, "ban-user", userId=bob_id), post(bob, "ban-user", userId=ada_id))
    assert statuses(replies) == [200, 401]
    assert sorted([await is_signed_in(ada), await is_signed_in(bob)]) == [False, True]


CHANGES = [
    ("set-role", {"role": "user"}),
    ("ban-user", {}),
    ("update-user", {"data": {"role": "user"}}),
    ("update-user", {"data": {"banned": True}}),
    ("revoke-user-sessions", {}),
    ("remove-user", {}),
]


@pytest.mark.parametrize(("path", "body"), CHANGES)
async def test_what_an_admin_is_as_others_ends_with_the_admin(
    auth: BetterAuth, path: str, body: dict[str, Any]
) -> None:
    chief, _ = await user_of(auth, "chief", "admin")
    ada, ada_id = await user_of(auth, "ada", "admin")
    bob, bob_id = await user_of(auth, "bob")
    assert (await post(ada, "impersonate-user", userId=bob_id)).status == 200
    assert await is_signed_in(ada)
    assert (await post(chief, path, userId=ada_id, **body)).status == 200
    assert not await is_signed_in(ada)
    assert await is_signed_in(bob)
    assert (await post(ada, "stop-impersonating")).status in {400, 401}


async def test_impersonations_in_secondary_storage_end_too(make_auth: MakeAuth, redis: RedisServer) -> None:
    auth = await made(make_auth, secondary_storage={"url": redis.url})
    chief, _ = await user_of(auth, "chief", "admin")
    ada, ada_id = await user_of(auth, "ada", "admin")
    bob, bob_id = await user_of(auth, "bob")
    _, cid_id = await user_of(auth, "cid")
    elsewhere = Client(auth.app)
    await sign_in(elsewhere, "ada")
    for client, user_id in ((ada, bob_id), (elsewhere, cid_id)):
        assert (await post(client, "impersonate-user", userId=user_id)).status == 200
    assert (await post(chief, "set-role", userId=ada_id, role="user")).status == 200
    assert [await is_signed_in(client) for client in (ada, elsewhere, bob)] == [False, False, True]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("set-role", {"role": "admin"}),
        ("create-user", {"name": "x", "email": "x@example.com"}),
        ("update-user", {"data": {"name": "x"}}),
        ("set-user-password", {"newPassword": "battery staple"}),
        ("list-user-sessions", {}),
        ("impersonate-user", {}),
    ],
)
async def test_a_role_in_a_cached_session_counts_for_nothing(
    make_auth: MakeAuth, path: str, body: dict[str, Any]
) -> None:
    auth = await made(make_auth, session={"cookie_cache": {"enabled": True}})
    ada, ada_id = await user_of(auth, "ada", "admin")
    _, bob_id = await user_of(auth, "bob")
    await sign_in(ada, "ada")
    await auth.context.users.update(ada_id, {"role": "user"})
    assert (await ada.get("/api/auth/get-session")).json()["user"]["role"] == "admin"
    assert (await post(ada, path, userId=bob_id, **body)).status == 403


async def test_an_admin_who_is_banned_in_the_database_alone_can_do_nothing(auth: BetterAuth) -> None:
    ada, ada_id = await user_of(auth, "ada", "admin")
    _, bob_id = await user_of(auth, "bob")
    await auth.context.users.update(ada_id, {"banned": True})
    assert (await ada.get(f"{API}/list-users")).status == 401
    for path in ("ban-user", "remove-user", "impersonate-user", "set-role"):
        assert (await post(ada, path, userId=bob_id, role="admin")).status == 401
    assert (await post(ada, "create-user", name="x", email="x@example.com")).status == 401


async def test_an_impersonation_is_not_prolonged(make_auth: MakeAuth) -> None:
    auth = await made(make_auth, session={"update_age": 0})
    ada, _ = await user_of(auth, "ada", "admin")
    _, bob_id = await user_of(auth, "bob")
    reply = await post(ada, "impersonate-user", userId=bob_id)
    del ada.cookies["better-auth.dont_remember"]
    session = (await ada.get("/api/auth/get-session")).json()["session"]
    assert session["expiresAt"] == reply.json()["session"]["expiresAt"]


async def test_hidden_fields_are_neither_shown_nor_found_out(make_auth: MakeAuth) -> None:
    hidden = {"type": "string", "required": False, "returned": False, "default_value": "hidden"}
    auth = await made(
        make_auth,
        user={"additional_fields": {"pin": hidden}},
        session={"additional_fields": {"trail": hidden}},
    )
    ada, _ = await user_of(auth, "ada", "admin")
    _, bob_id = await user_of(auth, "bob")
    replies = [
        await ada.get(f"{API}/get-user?id={bob_id}"),
        await ada.get(f"{API}/list-users"),
        await post(ada, "list-user-sessions", userId=bob_id),
        await post(ada, "update-user", userId=bob_id, data={"pin": "7"}),
        await post(ada, "set-role", userId=bob_id, role="user"),
        await post(ada, "create-user", name="x", email="x@example.com"),
        await post(ada, "ban-user", userId=bob_id),
        await post(ada, "unban-user", userId=bob_id),
        await post(ada, "impersonate-user", userId=bob_id),
        await post(ada, "stop-impersonating"),
    ]
    assert statuses(replies) == [200] * len(replies)
    assert not any(name in reply.body for reply in replies for name in (b"pin", b"trail"))
    for query in ("filterField=pin&filterValue=h&filterOperator=starts_with", "sortBy=pin", "sortBy=password"):
        assert (await ada.get(f"{API}/list-users?{query}")).json() == {"users": [], "total": 0}


async def test_a_list_is_bounded_and_read_once_for_many(auth: BetterAuth) -> None:
    ada, _ = await user_of(auth, "ada", "admin")
    assert (await ada.get(f"{API}/list-users?limit=1000000")).json()["limit"] == 1000
    for odd in ("limit=-1", "offset=-1", "limit=1e300", "limit=Infinity", "offset=1e17"):
        assert (await ada.get(f"{API}/list-users?{odd}")).json() == {"users": [], "total": 0}, odd
    statements: list[str] = []
    event.listen(
        auth.context.database.engine,
        "before_cursor_execute",
        lambda _c, _d, statement, *_: statements.append(statement),
    )
    replies = await asyncio.gather(*(ada.get(f"{API}/list-users?limit=5&sortBy=email") for _ in range(32)))
    assert {reply.body for reply in replies} == {replies[0].body}
    # One count and one page for those who came first, and one of each for all others.
    assert sum("count(" in statement for statement in statements) <= 3


@pytest.mark.parametrize(
    "user_id", ["", "\0", "\ud800", "x" * 100_00, "' OR 1=1 --", 7, None, True, [], {}, ["a", "b"], 1e300]
)
async def test_odd_ids_are_nobodys(auth: BetterAuth, user_id: Any) -> None:
    ada, _ = await user_of(auth, "ada", "admin")
    for path, body in (
        ("set-role", {"role": "x"}),
        ("ban-user", {}),
        ("remove-user", {}),
        ("impersonate-user", {}),
        ("update-user", {"data": {"name": "x"}}),
    ):
        assert (await post(ada, path, userId=user_id, **body)).status == 404
    assert (await post(ada, "revoke-user-sessions", userId=user_id)).json() == {"success": True}
    assert (await post(ada, "list-user-sessions", userId=user_id)).json() == {"sessions": []}


@pytest.mark.parametrize(
    "data",
    [
        {"name": None},
        {"email": "\0@example.com"},
        {"name": "\0"},
        {"banned": "perhaps"},
        {"banExpires": "never"},
        {"emailVerified": []},
        {"createdAt": {}},
    ],
)
async def test_what_cannot_be_stored_is_a_400_and_changes_nothing(auth: BetterAuth, data: dict[str, Any]) -> None:
    ada, _ = await user_of(auth, "ada", "admin")
    _, bob_id = await user_of(auth, "bob")
    before = await auth.context.users.find(bob_id)
    assert (await post(ada, "update-user", userId=bob_id, data=data)).status == 400
    assert await auth.context.users.find(bob_id) == before
    created = {"name": "x", "email": "x@example.com", "data": {**data, "name": "x", "email": "y"}}
    reply = await post(ada, "create-user", **created)
    assert reply.status in {200, 400}
    assert (await post(ada, "ban-user", userId=bob_id, banExpiresIn=1e300)).status == 400


async def test_an_id_of_the_options_is_not_created_without_the_right_to_give_roles(make_auth: MakeAuth) -> None:
    options = {"admin_user_ids": ["chief"], "roles": {"helper": {"user": ["create"]}, "user": {}}}
    auth = await made(make_auth, plugins={"admin": {**options, "admin_roles": ["helper"]}})
    helper, _ = await user_of(auth, "hal", "helper")
    assert (await post(helper, "create-user", name="x", email="x@example.com", data={"id": "chief"})).status == 403
    assert (await post(helper, "create-user", name="x", email="x@example.com", data={"id": "other"})).status == 200


async def test_code_in_this_process_makes_the_first_admin(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    body = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD, "role": "admin"}
    created = await auth.api.create_user(body=body)
    client = Client(auth.app)
    await sign_in(client, "ada")
    assert (await client.get(f"{API}/list-users")).json()["total"] == 1
    asked = {"userId": created["user"]["id"], "permissions": {"user": ["ban"]}}
    assert (await auth.api.user_has_permission(body=asked)) == {"error": None, "success": True}


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"admin_roles": ["king"]}, "`plugins.admin.admin_roles`: there is no role 'king'"),
        ({"admin_roles": "admin,king"}, "there is no role 'king'"),
        ({"roles": {"a": {"user": ["fly"]}}}, "roles.a: The resource 'user' has no action 'fly'"),
        ({"roles": {"a": {"project": ["create"]}}}, "roles.a: The access control has no resource 'project'"),
        ({"roles": {"a,b": {}}}, "a role's name has no comma"),
        ({"impersonation_session_duration": -1}, "`plugins.admin.impersonation_session_duration`: -1"),
        ({"default_ban_expires_in": 10**12}, "`plugins.admin.default_ban_expires_in`"),
        ({"adminRoles": ["admin"]}, "admin_roles"),
    ],
)
async def test_wrong_options_stop_the_start(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        BetterAuth(plugins={"admin": options}, secret=SECRET)
    assert complaint in str(raised.value)
