"""A sign-up is all or nothing, and hooks that run after a change run once it is committed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from betterauth_py import BetterAuth
from betterauth_py.wire.errors import APIError
from tests.store.support import auth_on, browser, counts, database_of, new_address, running, sign_up, sign_up_body

NOTHING = {"user": 0, "account": 0, "session": 0}
ONE = {"user": 1, "account": 1, "session": 1}


def hooked(url: str, table: str, when: str, function: Any, **options: Any) -> BetterAuth:
    return auth_on(url, database_hooks={table: {"create": {when: function}}}, **options)


async def everything(url: str) -> dict[str, int]:
    return await counts(url, "user", "account", "session")


@pytest.mark.parametrize("table", ["user", "account", "session"])
async def test_a_hook_that_raises_leaves_no_row(database_url: str, table: str) -> None:
    def refuse(_row: dict[str, Any], _ctx: Any) -> None:
        raise RuntimeError("the hook failed")

    async with running(hooked(database_url, table, "before", refuse)) as auth, browser(auth) as client:
        answer = await client.post("/sign-up/email", json=sign_up_body(new_address()))
        assert answer.status_code >= 400
        assert not client.cookies
        assert await everything(database_url) == NOTHING


@pytest.mark.parametrize("table", ["user", "session"])
async def test_a_hook_that_refuses_leaves_no_row(database_url: str, table: str) -> None:
    async with running(hooked(database_url, table, "before", lambda _row, _ctx: False)) as auth:
        with pytest.raises(APIError):
            await sign_up(auth)
        assert await everything(database_url) == NOTHING


async def test_a_constraint_that_fails_at_the_last_row_leaves_no_row(database_url: str) -> None:
    fields = {"device": {"type": "string", "unique": True, "required": False}}

    def same_device(row: dict[str, Any], _ctx: Any) -> dict[str, Any]:
        return {**row, "device": "phone"}

    auth = hooked(database_url, "session", "before", same_device, session={"additional_fields": fields})
    async with running(auth):
        await sign_up(auth)
        with pytest.raises(APIError) as refused:
            await sign_up(auth)
        assert refused.value.status == 422
        assert await everything(database_url) == ONE
        assert not database_of(auth).in_transaction


async def test_after_hooks_see_committed_rows(database_url: str) -> None:
    seen: dict[str, dict[str, int]] = {}

    def look(table: str) -> Any:
        async def run(_row: Any, _ctx: Any) -> None:
            seen[table] = await everything(database_url)

        return run

    tables = ("user", "account", "session")
    hooks = {table: {"create": {"after": look(table)}} for table in tables}
    async with running(auth_on(database_url, database_hooks=hooks)) as auth:
        await sign_up(auth)
    assert seen == dict.fromkeys(tables, ONE)


async def test_after_hooks_do_not_run_when_the_sign_up_is_rolled_back(database_url: str) -> None:
    seen: list[str] = []
    hooks = {
        "user": {"create": {"after": lambda _row, _ctx: seen.append("user")}},
        "session": {"create": {"before": lambda _row, _ctx: False}},
    }
    async with running(auth_on(database_url, database_hooks=hooks)) as auth:
        with pytest.raises(APIError):
            await sign_up(auth)
    assert seen == []


@pytest.mark.parametrize("error", [RuntimeError, ValueError])
async def test_an_after_hook_that_fails_does_not_make_a_stored_user_look_refused(
    database_url: str, error: type[Exception]
) -> None:
    def fail(_row: Any, _ctx: Any) -> None:
        raise error("the mail server is down")

    async with running(hooked(database_url, "user", "after", fail)) as auth, browser(auth) as client:
        answer = await client.post("/sign-up/email", json=sign_up_body(new_address()))
        assert await everything(database_url) == ONE
        assert answer.status_code != 422, answer.text


async def test_work_that_a_hook_leaves_behind_may_use_the_database_later(database_url: str) -> None:
    late: list[asyncio.Task[Any]] = []
    done = asyncio.Event()

    async with running(auth_on(database_url)) as plain:
        email = new_address()
        await sign_up(plain, email)

        def leave_work(_row: dict[str, Any], _ctx: Any) -> None:
            async def work() -> Any:
                await done.wait()
                return await auth.context.users.find_by_email(email)

            late.append(asyncio.create_task(work()))

        auth = hooked(database_url, "user", "before", leave_work)
        async with running(auth, migrate=False):
            await sign_up(auth)
            done.set()
            found = await late[0]
            assert found["email"] == email


async def test_transactions_of_other_requests_are_separate(database_url: str) -> None:
    async with running(auth_on(database_url)) as auth:
        database = database_of(auth)
        inside = asyncio.Event()

        async def roll_back() -> None:
            async with database.transaction():
                inside.set()
                await asyncio.sleep(0.05)
                raise LookupError

        async def meanwhile() -> None:
            await inside.wait()
            assert not database.in_transaction
            await sign_up(auth)

        failed, _ = await asyncio.gather(roll_back(), meanwhile(), return_exceptions=True)
        assert isinstance(failed, LookupError)
        assert await everything(database_url) == ONE


async def test_an_inner_transaction_joins_the_outer_one(database_url: str) -> None:
    async with running(auth_on(database_url)) as auth:
        database, ran = database_of(auth), list[str]()

        async def note() -> None:
            ran.append("committed")

        async def fail_outside() -> None:
            async with database.transaction():
                async with database.transaction():
                    await sign_up(auth)
                    await database.after_commit(note)
                raise LookupError

        with pytest.raises(LookupError):
            await fail_outside()
        assert await everything(database_url) == NOTHING
        assert ran == []


async def test_no_lock_is_held_while_expired_verifications_are_deleted(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url)) as auth:
        database, context = database_of(auth), auth.context
        user_id = (await sign_up(auth))["user"]["id"]
        row = {"id": "v", "identifier": "old", "value": "", "createdAt": context.now(), "updatedAt": context.now()}
        await context.verifications.create({**row, "expiresAt": context.now() - timedelta(days=1)}, context.now())

        async def change() -> None:
            async with database.transaction():
                await context.users.lock(user_id)
                await context.verifications.find("another", context.now())

        blocker: asyncpg.Connection[Any] = await asyncpg.connect(database.url.dsn)
        try:
            async with blocker.transaction():
                await blocker.execute("SELECT FROM verification FOR UPDATE")
                changing = asyncio.create_task(change())
                for _ in range(1000):
                    if await blocker.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                        break
                    await asyncio.sleep(0.005)
                await blocker.execute('SELECT FROM "user" FOR UPDATE NOWAIT')
            await changing
        finally:
            await blocker.close()
        assert await counts(postgresql_url, "verification") == {"verification": 0}
