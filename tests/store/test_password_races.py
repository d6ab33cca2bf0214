"""Sessions and passwords at once: nobody who knew only the old password has a session once the new one is set."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from betterauth_py import BetterAuth
from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.options import PasswordOptions
from tests.store.support import (
    PASSWORD,
    auth_on,
    browser,
    execute_script,
    new_address,
    running,
    sign_up_body,
    stored_rows,
)

pytestmark = pytest.mark.slow

TRIES = 100
NEW = "another password"


async def hash_slowly(password: str) -> str:
    # As real hashes do, it lets others run.
    await asyncio.sleep(0.001)
    return f"digest:{password}"


async def verify_slowly(stored: str, password: str) -> bool:
    await asyncio.sleep(0.001)
    return stored in {f"digest:{password}", f"older digest:{password}"}


def auth_with(url: str, mails: list[dict[str, Any]], **options: Any) -> BetterAuth:
    passwords = {
        "password": {"hash": hash_slowly, "verify": verify_slowly},
        "send_reset_password": lambda data, _request: mails.append(data),
        "revoke_sessions_on_password_reset": True,
        **options,
    }
    return auth_on(url, email_and_password=passwords, rate_limit={"enabled": False})


async def sign_in(auth: BetterAuth, email: str, password: str = PASSWORD) -> httpx.Response:
    async with browser(auth) as client:
        return await client.post("/sign-in/email", json={"email": email, "password": password})


async def signed_up(client: httpx.AsyncClient, email: str) -> str:
    answer = await client.post("/sign-up/email", json=sign_up_body(email))
    assert answer.status_code == 200
    user_id: str = answer.json()["user"]["id"]
    return user_id


async def reset_token(client: httpx.AsyncClient, mails: list[dict[str, Any]], email: str) -> str:
    await client.post("/request-password-reset", json={"email": email})
    for _ in range(1000):
        if mails:
            break
        await asyncio.sleep(0.002)
    token: str = mails.pop()["token"]
    return token


async def survivors(
    url: str, change: Callable[[BetterAuth, httpx.AsyncClient, str, list[dict[str, Any]]], Awaitable[Awaitable[Any]]]
) -> tuple[int, int]:
    """Return how many of the tries left a session of the old password, and how many changed the password."""
    mails: list[dict[str, Any]] = []
    left = changed = 0
    async with running(auth_with(url, mails)) as auth:
        for _ in range(TRIES):
            email = new_address()
            async with browser(auth) as client:
                user_id = await signed_up(client, email)
                changing = await change(auth, client, email, mails)
                answers = await asyncio.gather(
                    *(sign_in(auth, email) for _ in range(2)), changing, *(sign_in(auth, email) for _ in range(1))
                )
                own = answers[2]
                changed += own.status_code == 200
                kept = {own.json().get("token")}
                rows = [row for row in await stored_rows(url, "session") if row["user_id"] == user_id]
                left += any(row["token"] not in kept for row in rows)
                await execute_script(url, "DELETE FROM session")
    return left, changed


async def test_no_session_of_the_old_password_survives_a_change(database_url: str) -> None:
    async def change(_auth: BetterAuth, client: httpx.AsyncClient, _email: str, _mails: Any) -> Awaitable[Any]:
        body = {"currentPassword": PASSWORD, "newPassword": NEW, "revokeOtherSessions": True}
        return client.post("/change-password", json=body)

    assert await survivors(database_url, change) == (0, TRIES)


async def test_no_session_of_the_old_password_survives_a_reset(database_url: str) -> None:
    async def change(_auth: BetterAuth, client: httpx.AsyncClient, email: str, mails: Any) -> Awaitable[Any]:
        body = {"newPassword": NEW, "token": await reset_token(client, mails, email)}
        return client.post("/reset-password", json=body)

    assert await survivors(database_url, change) == (0, TRIES)


async def test_a_change_that_verified_the_old_password_does_not_undo_a_reset(database_url: str) -> None:
    mails: list[dict[str, Any]] = []
    lost = 0
    async with running(auth_with(database_url, mails)) as auth:
        for _ in range(50):
            email = new_address()
            async with browser(auth) as client:
                await signed_up(client, email)
                token = await reset_token(client, mails, email)
                body = {"currentPassword": PASSWORD, "newPassword": "of the attacker"}
                changed, reset = await asyncio.gather(
                    client.post("/change-password", json=body),
                    client.post("/reset-password", json={"newPassword": NEW, "token": token}),
                )
                if reset.status_code == 200:
                    lost += (await sign_in(auth, email, NEW)).status_code != 200
                else:
                    # The change came first and ended the link.
                    assert (changed.status_code, reset.json()["code"]) == (200, "INVALID_TOKEN")
    assert lost == 0


async def test_an_adopted_user_signs_in_many_times_at_once(database_url: str) -> None:
    """The hash is replaced by one of the configured kind meanwhile, which is no change of the password."""
    hasher = PasswordHasher(PasswordOptions(algorithm="scrypt"))
    old_hash = await hasher.hash(PASSWORD)
    hasher.close()
    async with running(auth_on(database_url)) as auth, browser(auth) as client:
        email = new_address()
        await signed_up(client, email)
        await execute_script(database_url, f"UPDATE account SET password = '{old_hash}'")
        answers = await asyncio.gather(*(sign_in(auth, email) for _ in range(6)))
        assert [answer.status_code for answer in answers] == [200] * 6
        [account] = await stored_rows(database_url, "account")
        assert account["password"] != old_hash


async def test_a_password_that_was_changed_meanwhile_deletes_nobody(database_url: str) -> None:
    async def change(_user: Any, _request: Any) -> None:
        await execute_script(database_url, "UPDATE account SET password = 'digest:changed'")

    passwords = {"password": {"hash": hash_slowly, "verify": verify_slowly}}
    deletion = {"delete_user": {"enabled": True, "before_delete": change}}
    auth = auth_on(database_url, email_and_password=passwords, user=deletion)
    async with running(auth), browser(auth) as client:
        await signed_up(client, new_address())
        answer = await client.post("/delete-user", json={"password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_PASSWORD")
    assert len(await stored_rows(database_url, "user")) == 1
