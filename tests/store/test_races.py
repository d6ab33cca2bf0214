"""The steps of one user taken at once: one wins, nobody gets a 500, and nothing is half written."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from betterauth_py import APIError, BetterAuth
from tests.store.support import (
    PASSWORD,
    auth_on,
    browser,
    counts,
    execute_script,
    new_address,
    running,
    sign_up_body,
    stored_rows,
)

pytestmark = pytest.mark.slow


class Mailbox:
    """What was mailed, by kind."""

    def __init__(self) -> None:
        self.sent: dict[str, list[dict[str, Any]]] = {"reset": [], "verify": [], "delete": []}

    def to(self, kind: str) -> Any:
        return lambda data, _request: self.sent[kind].append(data)

    async def last(self, kind: str, number: int = 1) -> dict[str, Any]:
        """Return the last mail of a kind once there are so many."""
        for _ in range(500):
            if len(self.sent[kind]) >= number:
                break
            await asyncio.sleep(0.01)
        return self.sent[kind][-1]


def auth_with(box: Mailbox, url: str, **user: Any) -> BetterAuth:
    return auth_on(
        url,
        email_and_password={"send_reset_password": box.to("reset")},
        email_verification={"send_verification_email": box.to("verify")},
        user={"change_email": {"enabled": True}, "delete_user": {"enabled": True}, **user},
        session={"additional_fields": {"theme": {"type": "string", "required": False}}},
    )


async def sign_up_as(client: httpx.AsyncClient, email: str) -> str:
    answer = await client.post("/sign-up/email", json=sign_up_body(email))
    assert answer.status_code == 200
    user_id: str = answer.json()["user"]["id"]
    return user_id


async def statuses(*requests: Any) -> list[int]:
    return [answer.status_code for answer in await asyncio.gather(*requests)]


async def test_of_ten_resets_with_one_token_one_succeeds(database_url: str) -> None:
    box = Mailbox()
    async with running(auth_with(box, database_url)) as auth, browser(auth) as client:
        email = new_address()
        await sign_up_as(client, email)
        await client.post("/request-password-reset", json={"email": email})
        token = (await box.last("reset"))["token"]
        bodies = [{"token": token, "newPassword": f"new password {number}"} for number in range(10)]
        found = await statuses(*(client.post("/reset-password", json=body) for body in bodies))
        assert sorted(found) == [200] + [400] * 9
        body = {"email": email, "password": bodies[found.index(200)]["newPassword"]}
        assert (await client.post("/sign-in/email", json=body)).status_code == 200
        assert await counts(database_url, "account", "verification") == {"account": 1, "verification": 0}


async def test_of_resets_with_several_tokens_one_succeeds(database_url: str) -> None:
    box = Mailbox()
    async with running(auth_with(box, database_url)) as auth, browser(auth) as client:
        email = new_address()
        await sign_up_as(client, email)
        await execute_script(database_url, "DELETE FROM account")
        for _ in range(6):
            await client.post("/request-password-reset", json={"email": email})
        await box.last("reset", 6)
        bodies = [{"token": mail["token"], "newPassword": PASSWORD} for mail in box.sent["reset"]]
        found = await statuses(*(client.post("/reset-password", json=body) for body in bodies))
        # The first ends the others.
        assert sorted(found) == [200] + [400] * 5
        assert await counts(database_url, "account") == {"account": 1}


async def test_of_six_first_passwords_one_is_set(database_url: str) -> None:
    async with running(auth_on(database_url)) as auth, browser(auth) as client:
        await sign_up_as(client, new_address())
        await execute_script(database_url, "DELETE FROM account")
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}
        body = {"newPassword": "another password"}
        calls = (auth.api.set_password(headers=headers, body=body) for _ in range(6))
        answers = await asyncio.gather(*calls, return_exceptions=True)
        assert [answer for answer in answers if not isinstance(answer, APIError)] == [{"status": True}]
        assert {answer.code for answer in answers if isinstance(answer, APIError)} == {"PASSWORD_ALREADY_SET"}
        assert await counts(database_url, "account") == {"account": 1}


async def test_an_address_that_several_want_at_once_goes_to_one(database_url: str) -> None:
    box = Mailbox()
    options = {"change_email": {"enabled": True, "update_email_without_verification": True}}
    async with running(auth_with(box, database_url, **options)) as auth:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(browser(auth)) for _ in range(6)]
            for client in clients:
                await sign_up_as(client, new_address())
            wanted = new_address()
            found = await statuses(*(client.post("/change-email", json={"newEmail": wanted}) for client in clients))
        assert found == [200] * 6
        assert [row["email"] for row in await stored_rows(database_url, "user")].count(wanted) == 1


async def test_an_address_that_several_links_lead_to_goes_to_one(database_url: str) -> None:
    box = Mailbox()
    async with running(auth_with(box, database_url)) as auth:
        wanted = new_address()
        for number in range(1, 6):
            async with browser(auth) as client:
                await sign_up_as(client, new_address())
                assert (await client.post("/change-email", json={"newEmail": wanted})).status_code == 200
                await box.last("verify", number)
        async with browser(auth) as client:
            links = [mail["url"] for mail in box.sent["verify"]]
            found = await statuses(*(client.get(link.replace("&callbackURL=%2F", "")) for link in links))
        assert sorted(found) == [200] + [422] * 4
        assert [row["email"] for row in await stored_rows(database_url, "user")].count(wanted) == 1


async def test_a_link_deletes_its_user_once(database_url: str) -> None:
    box = Mailbox()
    options = {"delete_user": {"enabled": True, "send_delete_account_verification": box.to("delete")}}
    async with running(auth_with(box, database_url, **options)) as auth, browser(auth) as client:
        await sign_up_as(client, new_address())
        await client.post("/delete-user", json={})
        token = (await box.last("delete"))["token"]
        cookies = dict(client.cookies)

        async def follow() -> httpx.Response:
            async with browser(auth) as other:
                other.cookies.update(cookies)
                return await other.get("/delete-user/callback", params={"token": token})

        assert sorted(await statuses(*(follow() for _ in range(8)))) == [200] + [404] * 7
        nothing = {"user": 0, "session": 0, "account": 0, "verification": 0}
        assert await counts(database_url, *nothing) == nothing


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_one_user_does_at_once_nothing_fails(database_url: str, seed: int) -> None:
    box, chance = Mailbox(), random.Random(seed)
    async with running(auth_with(box, database_url)) as auth, browser(auth) as client:
        email = new_address()
        await sign_up_as(client, email)
        await client.post("/request-password-reset", json={"email": email})
        await client.post("/send-verification-email", json={"email": email})
        reset, verify = await box.last("reset"), await box.last("verify")
        password = {"currentPassword": PASSWORD, "newPassword": PASSWORD}
        steps: list[tuple[str, str, Any]] = [
            ("POST", "/update-user", {"name": "Ada L"}),
            ("POST", "/update-session", {"theme": "dark"}),
            ("POST", "/change-password", password),
            ("POST", "/change-password", {**password, "revokeOtherSessions": True}),
            ("POST", "/change-email", {"newEmail": new_address()}),
            ("POST", "/sign-in/email", {"email": email, "password": PASSWORD}),
            ("POST", "/reset-password", {"token": reset["token"], "newPassword": PASSWORD}),
            ("POST", "/revoke-other-sessions", {}),
            ("POST", "/delete-user", {"password": PASSWORD}),
            ("GET", "/verify-email?token=" + verify["token"], None),
            ("GET", "/get-session", None),
            ("GET", "/list-sessions", None),
            ("GET", "/list-accounts", None),
        ] * 2
        chance.shuffle(steps)
        cookies = dict(client.cookies)

        async def take(method: str, path: str, body: Any) -> httpx.Response:
            async with browser(auth) as other:
                other.cookies.update(cookies)
                return await other.request(method, path, json=body)

        answers = await asyncio.gather(*(take(*step) for step in steps))
        failed = [(step[1], answer.text) for step, answer in zip(steps, answers, strict=True) if answer.is_server_error]
        assert failed == []
        assert await counts(database_url, "user", "account", "session") == {"user": 0, "account": 0, "session": 0}
