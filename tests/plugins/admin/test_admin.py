"""What the scenarios of the admin plugin do not show: races, what a former admin can do, hidden fields."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.plugins import Where
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.plugins.admin.support import API, is_signed_in, made, post, sign_in, statuses, user_of
from tests.redis_server import RedisServer


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
