"""Many requests at once: nothing is stored twice, nothing fails because somebody else writes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.wire.errors import APIError
from tests.store.support import PASSWORD, auth_on, browser, counts, new_address, running, sign_up, sign_up_body

pytestmark = pytest.mark.slow


async def statuses_of_sign_ups(auths: list[BetterAuth], email: str, times: int) -> list[int]:
    async def one(auth: BetterAuth) -> int:
        async with browser(auth) as client:
            return (await client.post("/sign-up/email", json=sign_up_body(email))).status_code

    return list(await asyncio.gather(*(one(auths[number % len(auths)]) for number in range(times))))


async def test_twenty_sign_ups_with_one_address_make_one_user(database_url: str) -> None:
    async with running(auth_on(database_url)) as one, running(auth_on(database_url)) as other:
        statuses = await statuses_of_sign_ups([one, other], new_address(), 20)
        assert sorted(statuses) == [200] + [422] * 19
        assert await counts(database_url, "user", "account", "session") == {"user": 1, "account": 1, "session": 1}


async def test_twenty_discreet_sign_ups_with_one_address_all_look_the_same(database_url: str) -> None:
    async with running(auth_on(database_url, email_and_password={"auto_sign_in": False})) as auth:
        assert await statuses_of_sign_ups([auth], new_address(), 20) == [200] * 20
        assert await counts(database_url, "user", "account", "session") == {"user": 1, "account": 1, "session": 0}


async def test_thirty_writers_at_once_are_all_served(database_url: str) -> None:
    async with running(auth_on(database_url)) as one, running(auth_on(database_url)) as other:
        email = new_address()
        await sign_up(one, email)

        async def write(number: int) -> None:
            auth = (one, other)[number % 2]
            await sign_up(auth)
            await auth.api.sign_in_email(body={"email": email, "password": PASSWORD})

        await asyncio.gather(*(write(number) for number in range(30)))
        assert await counts(database_url, "user", "session") == {"user": 31, "session": 61}


async def test_readers_are_served_while_others_write(database_url: str) -> None:
    async with running(auth_on(database_url)) as auth:
        token = (await sign_up(auth))["token"]
        found = asyncio.gather(*(auth.context.sessions.find_with_user(token) for _ in range(200)))
        await asyncio.gather(*(sign_up(auth) for _ in range(20)))
        assert None not in await found


async def test_a_database_in_memory_serves_requests_at_once() -> None:
    async with running(auth_on("sqlite://")) as auth:
        answers = await asyncio.gather(*(sign_up(auth) for _ in range(10)), return_exceptions=True)
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        assert failures == []


async def test_a_database_in_memory_rolls_back_only_what_failed() -> None:
    def refuse_some(row: dict[str, Any], _ctx: Any) -> bool:
        return not row["name"].startswith("refused")

    hooks = {"session": {"create": {"before": lambda _row, _ctx: None}}, "user": {"create": {"before": refuse_some}}}
    async with running(auth_on("sqlite://", database_hooks=hooks)) as auth:
        names = ["refused" if number % 2 else "fine" for number in range(10)]
        bodies = [{"name": name, "email": new_address(), "password": PASSWORD} for name in names]
        answers = await asyncio.gather(*(auth.api.sign_up_email(body=body) for body in bodies), return_exceptions=True)
        assert [isinstance(answer, APIError) for answer in answers] == [name == "refused" for name in names]
        for answer in answers:
            if isinstance(answer, dict):
                assert await auth.context.sessions.find_with_user(answer["token"]) is not None


async def test_thirty_first_connections_to_a_new_sqlite_file_are_all_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    auths = [auth_on(url) for _ in range(3)]
    await auths[0].migrate()
    await asyncio.gather(*(sign_up(auth) for auth in auths for _ in range(10)))
    for auth in auths:
        await auth.shutdown()
    assert await counts(url, "user") == {"user": 30}
