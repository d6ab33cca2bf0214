"""Bounds of lists, odd input and wrong options of the admin plugin."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event

from betterauth_py import BetterAuth, ConfigurationError
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client
from tests.plugins.admin.support import API, PASSWORD, is_signed_in, made, post, sign_in, user_of


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
    options = {"admin_user_ids": ["chief", "7"], "roles": {"helper": {"user": ["create"]}, "user": {}}}
    auth = await made(make_auth, plugins={"admin": {**options, "admin_roles": ["helper"]}})
    helper, _ = await user_of(auth, "hal", "helper")
    for given in ("chief", "7", 7, 7.0):
        reply = await post(helper, "create-user", name="x", email="x@example.com", data={"id": given})
        assert reply.status == 403, given
    for odd in ([7], {"7": 7}, True):
        reply = await post(helper, "create-user", name="x", email="x@example.com", data={"id": odd})
        assert (reply.status, reply.json()["code"]) == (400, "FAILED_TO_CREATE_USER"), odd
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


@pytest.mark.parametrize("banned", [1, "true"])
async def test_a_ban_in_another_form_ends_sessions_and_is_not_for_oneself(auth: BetterAuth, banned: Any) -> None:
    ada, ada_id = await user_of(auth, "ada", "admin")
    bob, bob_id = await user_of(auth, "bob")
    reply = await post(ada, "update-user", userId=ada_id, data={"banned": banned})
    assert reply.json()["code"] == "YOU_CANNOT_BAN_YOURSELF"
    assert await is_signed_in(ada)
    assert (await post(ada, "update-user", userId=bob_id, data={"banned": banned})).json()["banned"] is True
    assert not await is_signed_in(bob)
