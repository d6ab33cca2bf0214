"""Links in mails: whom they belong to, what ends them, and that nobody takes an account over by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextvars import copy_context
from typing import Any

import httpx
import pytest

from betterauth_py import BetterAuth
from betterauth_py.crypto.jwt import sign_jwt
from betterauth_py.store.users import is_same_address
from tests.store.support import ORIGIN, PASSWORD, SECRET, auth_on, browser, execute_script, running, stored_rows

VICTIM, ATTACKER = "victim@example.com", "attacker@example.com"


class Mailbox:
    """What was mailed to whom."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def __call__(self, data: dict[str, Any], _: Any) -> None:
        self.sent.append(data)

    async def next(self) -> dict[str, Any]:
        for _ in range(500):
            if self.sent:
                return self.sent.pop(0)
            await asyncio.sleep(0.01)
        raise AssertionError("no mail was sent")


@pytest.fixture
def box() -> Mailbox:
    """Where all mails go."""
    return Mailbox()


@pytest.fixture
async def auth(database_url: str, box: Mailbox) -> AsyncIterator[BetterAuth]:
    """A server on which addresses can be changed."""
    options: dict[str, Any] = {
        "email_and_password": {"send_reset_password": box},
        "email_verification": {"send_verification_email": box, "auto_sign_in_after_verification": True},
        "user": {
            "change_email": {"enabled": True, "update_email_without_verification": False},
            "delete_user": {"enabled": True},
        },
    }
    async with running(auth_on(database_url, **options)) as auth:
        yield auth


async def sign_up(client: httpx.AsyncClient, email: str) -> dict[str, Any]:
    body = {"name": "Ada", "email": email, "password": PASSWORD}
    answer = await client.post("/sign-up/email", json=body)
    assert answer.status_code == 200
    user: dict[str, Any] = answer.json()["user"]
    return user


async def change_link(client: httpx.AsyncClient, box: Mailbox, email: str) -> str:
    assert (await client.post("/change-email", json={"newEmail": email})).status_code == 200
    return path_of(await box.next())


def path_of(mail: dict[str, Any]) -> str:
    url: str = mail["url"]
    return url.removeprefix(f"{ORIGIN}/api/auth").replace("&callbackURL=%2F", "")


async def reset(auth: BetterAuth, box: Mailbox, email: str, password: str = "another password") -> None:
    async with browser(auth) as client:
        await client.post("/request-password-reset", json={"email": email})
        token = (await box.next())["token"]
        body = {"newPassword": password, "token": token}
        assert (await client.post("/reset-password", json=body)).status_code == 200


async def refused(auth: BetterAuth, link: str) -> None:
    """Demand that the link, opened without cookies, does nothing."""
    async with browser(auth) as client:
        answer = await client.get(link)
        assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_TOKEN")
        assert not client.cookies


async def emails(database_url: str) -> list[tuple[str, bool]]:
    return sorted((row["email"], bool(row["email_verified"])) for row in await stored_rows(database_url, "user"))


async def test_an_old_link_does_not_move_the_account_that_a_stranger_makes_at_the_address(
    auth: BetterAuth, box: Mailbox, database_url: str
) -> None:
    async with browser(auth) as attacker, browser(auth) as victim:
        await sign_up(attacker, VICTIM)
        kept = await change_link(attacker, box, ATTACKER)
        async with browser(auth) as anybody:
            await anybody.get(await change_link(attacker, box, "other@example.com"))
        await sign_up(victim, VICTIM)
    await refused(auth, kept)
    assert await emails(database_url) == [("other@example.com", False), (VICTIM, False)]


@pytest.mark.parametrize("pause", [0, 1.1], ids=["in the same second", "later"])
async def test_a_reset_ends_the_links_that_move_the_account(
    auth: BetterAuth, box: Mailbox, database_url: str, pause: float
) -> None:
    async with browser(auth) as attacker:
        await sign_up(attacker, VICTIM)
        kept = await change_link(attacker, box, ATTACKER)
        await asyncio.sleep(pause)
        await reset(auth, box, VICTIM)
    await refused(auth, kept)
    assert await emails(database_url) == [(VICTIM, False)]


async def test_a_second_change_of_the_password_within_one_second_ends_the_links_in_between(
    auth: BetterAuth, box: Mailbox, database_url: str
) -> None:
    async with browser(auth) as attacker:
        await sign_up(attacker, VICTIM)
        body = {"currentPassword": PASSWORD, "newPassword": PASSWORD}
        assert (await attacker.post("/change-password", json=body)).status_code == 200
        kept = await change_link(attacker, box, ATTACKER)
        await reset(auth, box, VICTIM)
    await refused(auth, kept)
    assert await emails(database_url) == [(VICTIM, False)]


async def test_no_link_is_made_for_a_session_that_has_ended_before_it_is_mailed(auth: BetterAuth, box: Mailbox) -> None:
    async with browser(auth) as client:
        user = await sign_up(client, VICTIM)
        # Nobody can change the user now, so the link waits; meanwhile its session ends.
        outside = copy_context()
        async with auth.context.database.transaction():
            await auth.context.users.lock(user["id"])
            asked = asyncio.create_task(client.post("/change-email", json={"newEmail": ATTACKER}), context=outside)
            await asyncio.sleep(0.2)
            await auth.context.sessions.delete_all_of(user["id"])
        assert (await asked).status_code in {200, 401}
        await asyncio.sleep(0.3)
    assert box.sent == []


async def test_a_link_of_an_account_that_is_gone_does_not_verify_the_next_one_at_its_address(
    auth: BetterAuth, box: Mailbox, database_url: str
) -> None:
    async with browser(auth) as first:
        await sign_up(first, VICTIM)
        await first.post("/send-verification-email", json={"email": VICTIM})
        link = path_of(await box.next())
        assert (await first.post("/delete-user", json={"password": PASSWORD})).status_code == 200
    old = sign_jwt({"email": VICTIM}, SECRET, 3600, auth.context.clock.milliseconds() // 1000 - 5)
    async with browser(auth) as second:
        await sign_up(second, VICTIM)
    await refused(auth, link)
    await refused(auth, f"/verify-email?token={old}")
    assert await emails(database_url) == [(VICTIM, False)]


async def test_a_link_of_better_auth_1_7_7_still_verifies(auth: BetterAuth, database_url: str) -> None:
    async with browser(auth) as client:
        await sign_up(client, VICTIM)
        old = sign_jwt({"email": VICTIM}, SECRET, 3600, auth.context.clock.milliseconds() // 1000)
        assert (await client.get(f"/verify-email?token={old}")).json() == {"status": True, "user": None}
    assert await emails(database_url) == [(VICTIM, True)]


async def test_a_verification_signs_in_once_however_many_open_it_at_once(
    auth: BetterAuth, box: Mailbox, database_url: str
) -> None:
    async with browser(auth) as client:
        await sign_up(client, VICTIM)
        await client.post("/send-verification-email", json={"email": VICTIM})
        link = path_of(await box.next())

    async def open_it() -> httpx.Response:
        async with browser(auth) as anybody:
            return await anybody.get(link)

    answers = await asyncio.gather(*(open_it() for _ in range(5)))
    assert [answer.json() for answer in answers] == [{"status": True, "user": None}] * 5
    assert len(await stored_rows(database_url, "session")) == 2


async def test_a_verification_link_dies_with_the_password(auth: BetterAuth, box: Mailbox, database_url: str) -> None:
    async with browser(auth) as client:
        await sign_up(client, VICTIM)
        await client.post("/send-verification-email", json={"email": VICTIM})
        link = path_of(await box.next())
        await reset(auth, box, VICTIM)
    await refused(auth, link)
    assert await emails(database_url) == [(VICTIM, False)]


async def test_a_change_of_address_happens_once_even_if_the_user_comes_back(
    auth: BetterAuth, box: Mailbox, database_url: str
) -> None:
    async with browser(auth) as client:
        await sign_up(client, VICTIM)
        link = await change_link(client, box, "second@example.com")
        assert (await client.get(link)).status_code == 200
        back = await change_link(client, box, VICTIM)
        assert (await client.get(back)).status_code == 200
        for again in (link, back):
            await refused(auth, again)
    assert await emails(database_url) == [(VICTIM, False)]


async def test_a_change_of_address_starts_no_session(auth: BetterAuth, box: Mailbox, database_url: str) -> None:
    async with browser(auth) as client, browser(auth) as anybody:
        await sign_up(client, VICTIM)
        assert (await anybody.get(await change_link(client, box, "second@example.com"))).status_code == 200
        assert not anybody.cookies
    assert len(await stored_rows(database_url, "session")) == 1


@pytest.mark.parametrize("ended_by", ["reset", "change", "move"])
async def test_reset_links_die_with_the_next_password_or_address(auth: BetterAuth, box: Mailbox, ended_by: str) -> None:
    async with browser(auth) as client:
        await sign_up(client, VICTIM)
        await client.post("/request-password-reset", json={"email": VICTIM})
        token = (await box.next())["token"]
        if ended_by == "reset":
            await reset(auth, box, VICTIM)
        elif ended_by == "change":
            body = {"currentPassword": PASSWORD, "newPassword": "another password"}
            assert (await client.post("/change-password", json=body)).status_code == 200
        else:
            assert (await client.get(await change_link(client, box, "second@example.com"))).status_code == 200
        answer = await client.post("/reset-password", json={"newPassword": "third password", "token": token})
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_TOKEN")
        page = await client.get(f"/reset-password/{token}", params={"callbackURL": "/new"})
        assert page.headers["location"].endswith("/new?error=INVALID_TOKEN")


async def test_an_address_that_was_verified_meanwhile_is_not_changed_at_once(database_url: str, box: Mailbox) -> None:
    options: dict[str, Any] = {
        "email_verification": {"send_verification_email": box},
        "user": {"change_email": {"enabled": True, "update_email_without_verification": True}},
    }
    async with running(auth_on(database_url, **options)) as auth, browser(auth) as client:
        user = await sign_up(client, VICTIM)
        outside = copy_context()
        async with auth.context.database.transaction():
            await auth.context.users.lock(user["id"])
            asked = asyncio.create_task(client.post("/change-email", json={"newEmail": ATTACKER}), context=outside)
            await asyncio.sleep(0.2)
            await auth.context.users.update(user["id"], {"emailVerified": True})
        assert (await asked).status_code in {200, 401}
    assert ATTACKER not in [email for email, verified in await emails(database_url) if verified]


async def test_a_token_survives_a_user_who_is_gone_and_a_password_of_a_bad_length(
    auth: BetterAuth, box: Mailbox, database_url: str
) -> None:
    async with browser(auth) as client:
        await sign_up(client, VICTIM)
        await client.post("/request-password-reset", json={"email": VICTIM})
        token = (await box.next())["token"]
        for password, code in (("short", "PASSWORD_TOO_SHORT"), ("another password", "USER_NOT_FOUND")):
            if code == "USER_NOT_FOUND":
                await execute_script(database_url, 'DELETE FROM session; DELETE FROM account; DELETE FROM "user"')
            answer = await client.post("/reset-password", json={"newPassword": password, "token": token})
            assert (answer.status_code, answer.json()["code"]) == (400, code)
            assert len(await stored_rows(database_url, "verification")) == 1


@pytest.mark.parametrize(
    ("stored", "asked", "same"),
    [
        ("Ada@Example.com", "ada@example.com", True),
        ("jose\u0301@example.com", "jos\u00e9@example.com", True),
        ("jos\u00e9@example.com", "jose@example.com", False),
    ],
)
def test_an_address_that_only_a_collation_takes_for_the_same_is_nobodys(stored: str, asked: str, same: bool) -> None:
    assert is_same_address(stored, asked) is same
