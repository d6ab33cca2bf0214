"""What the scenarios of the username plugin do not show: races, time, limits, options, and calls without requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth, ConfigurationError
from betterauth_py.flows.users import create_user, new_user
from betterauth_py.plugins.username import username
from betterauth_py.store.errors import NotStoredError
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, PASSWORD, sign_up
from tests.store.support import auth_on, running

ORIGIN = "http://localhost:3000"
SIGN_IN = "/api/auth/sign-in/username"


@pytest.fixture(params=["sqlite", "postgresql"])
async def auth(request: pytest.FixtureRequest, tmp_path: Any) -> AsyncIterator[BetterAuth]:
    url = f"sqlite:///{tmp_path}/names.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").database("usernames")
    async with running(auth_on(url, plugins=["username"], trusted_origins=[ORIGIN])) as started:
        yield started


async def test_of_many_at_once_one_gets_the_name_and_nobody_a_500(auth: BetterAuth) -> None:
    bodies = [{**ALICE, "email": f"a{n}@example.com", "username": "Wanted"} for n in range(8)]
    replies = await asyncio.gather(*(Client(auth.app).post("/api/auth/sign-up/email", body) for body in bodies))
    assert sorted({reply.status for reply in replies} - {400, 422}) == [200]
    assert [reply.status for reply in replies].count(200) == 1
    assert len(await auth.context.rows.find_many("user")) == 1
    clients = [Client(auth.app) for _ in range(4)]
    for number, client in enumerate(clients):
        await sign_up(client, email=f"b{number}@example.com", username=f"name_{number}")
    updates = await asyncio.gather(*(one.post("/api/auth/update-user", {"username": "prize"}) for one in clients))
    assert sorted(reply.status for reply in updates) == [200, 400, 400, 400]


@pytest.mark.parametrize("name", ["a\0b_name", "\ud800_name", "İstanbul", "x" * 20_000, "ﬁne_name", "' or 1=1"])
async def test_no_name_makes_an_error_of_ours(auth: BetterAuth, name: str) -> None:
    client = Client(auth.app)
    await sign_up(client)
    for path, body in (
        ("sign-in/username", {"username": name, "password": PASSWORD}),
        ("is-username-available", {"username": name}),
        ("sign-up/email", {**ALICE, "email": "z@example.com", "username": name}),
        ("update-user", {"username": name}),
    ):
        assert (await client.post(f"/api/auth/{path}", body)).status in {400, 422}, path


@pytest.mark.parametrize("name", [[], {}])
async def test_what_is_empty_and_no_text_becomes_no_name(auth: BetterAuth, name: Any) -> None:
    client = Client(auth.app)
    refused = await client.post("/api/auth/sign-up/email", {**ALICE, "username": name})
    assert (refused.status, refused.json()["code"]) == (422, "FAILED_TO_CREATE_USER")
    await sign_up(client)
    refused = await client.post("/api/auth/update-user", {"username": name})
    assert (refused.status, refused.json()["code"]) == (400, "FAILED_TO_UPDATE_USER")


async def test_any_name_may_do_where_a_validator_says_so(make_auth: MakeAuth) -> None:
    anything = username(username_validator=lambda _: True, max_username_length=100)
    auth = await make_auth(plugins=[anything])
    client = Client(auth.app)
    await sign_up(client, username="\ud800 Ada")
    for name in ("\ud800 ADA", "\ufffd ada"):
        assert (await client.post(SIGN_IN, {"username": name, "password": PASSWORD})).status == 200
    assert (await client.post(SIGN_IN, {"username": "a\0b", "password": PASSWORD})).status == 401
    assert (await client.post("/api/auth/update-user", {"username": "a\0b"})).status == 400


async def test_users_of_other_code_are_judged_and_normalized_too(make_auth: MakeAuth) -> None:
    context = (await make_auth(plugins=["username"])).context
    ada = await create_user(context, new_user(context, "ada@x.co", {"name": "A", "username": "AdA"}), {"method": "me"})
    assert (ada["username"], ada["displayUsername"]) == ("ada", "AdA")
    for name, code in (
        ("ADA", "USERNAME_IS_ALREADY_TAKEN"),
        ("a", "USERNAME_TOO_SHORT"),
        ("a b c", "INVALID_USERNAME"),
    ):
        row = new_user(context, f"{code}@x.co", {"name": "B", "username": name})
        with pytest.raises(APIError) as refused:
            await create_user(context, row, {"method": "me"})
        assert (refused.value.body or {})["code"] == code
    with pytest.raises(NotStoredError):
        await create_user(context, new_user(context, "n@x.co", {"name": "N", "username": 5}), {"method": "me"})
    await context.users.update(ada["id"], {"username": "Lovelace"})
    assert (await context.users.find_by("username", "lovelace") or {})["id"] == ada["id"]


async def test_wrong_passwords_for_a_name_are_counted(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=["username"], rate_limit={"enabled": True, "window": 60, "max": 1000})
    await sign_up(Client(auth.app), username="ada")
    client = Client(auth.app)
    statuses = [(await client.post(SIGN_IN, {"username": "ada", "password": "wrong"})).status for _ in range(40)]
    assert 429 in statuses


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"min_username_length": -1}, "min_username_length"),
        ({"min_username_length": 40}, "max_username_length"),
        ({"schema": {"user": {"fields": {"nick": "x"}}}}, "schema.user.fields.nick"),
        ({"minUsernameLength": 4}, "min_username_length"),
        ({"display_username": False, "schema": {"user": {"fields": {"displayUsername": "x"}}}}, "displayUsername"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        username(**options)


async def test_an_after_hook_refusing_the_session_is_an_error_of_the_server(make_auth: MakeAuth) -> None:
    hooks = {"session": {"create": {"before": lambda _, ctx: ctx is None or ctx.path != "/sign-in/username"}}}
    auth = await make_auth(plugins=["username"], database_hooks=hooks)
    client = Client(auth.app)
    await sign_up(client, username="ada")
    refused = await client.post(SIGN_IN, {"username": "ada", "password": PASSWORD})
    assert (refused.status, refused.json()["code"]) == (500, "FAILED_TO_CREATE_SESSION")


@pytest.mark.parametrize(
    "odd",
    [{"username": 5}, {"username": ["x"]}, {"username": []}, {"displayUsername": "a\0b"}, {"name": "a\0b"}],
    ids=str,
)
async def test_no_name_tells_whether_an_address_has_an_account(auth: BetterAuth, odd: dict[str, Any]) -> None:
    verified = {"enabled": True, "require_email_verification": True, "password": {"algorithm": "scrypt"}}
    hidden = auth_on(
        auth.options.database.url, plugins=["username"], email_and_password=verified, trusted_origins=[ORIGIN]
    )
    async with running(hidden, migrate=False):
        client = Client(hidden.app)
        known = {**ALICE, "username": "alice"}
        assert (await client.post("/api/auth/sign-up/email", known)).status == 200
        replies = [
            await client.post("/api/auth/sign-up/email", {**ALICE, "email": email, **odd})
            for email in (ALICE["email"], "nobody@example.com")
        ]
        assert replies[0].status == replies[1].status == 422
        assert replies[0].json() == replies[1].json()


async def test_a_made_up_user_has_the_names_as_they_would_be_stored(auth: BetterAuth) -> None:
    verified = {"enabled": True, "require_email_verification": True}
    hidden = auth_on(
        auth.options.database.url, plugins=["username"], email_and_password=verified, trusted_origins=[ORIGIN]
    )
    async with running(hidden, migrate=False):
        client = Client(hidden.app)
        first = (await client.post("/api/auth/sign-up/email", {**ALICE, "username": "Alice_1"})).json()["user"]
        again = (await client.post("/api/auth/sign-up/email", {**ALICE, "username": "Alice_2"})).json()["user"]
        assert (first["username"], first["displayUsername"]) == ("alice_1", "Alice_1")
        assert (again["username"], again["displayUsername"]) == ("alice_2", "Alice_2")
        assert list(first) == list(again)
