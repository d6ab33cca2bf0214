"""Rows that are over are deleted in bounded batches, by hand or by the server; everything else stays."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.errors import DatabaseError
from betterauth_py.store.cleanup import CleanedUp
from tests.redis_server import RedisServer
from tests.store.support import auth_on, counts, running, sign_up

COUNTED: Any = {"storage": "database", "enabled": True}


async def fill(auth: BetterAuth, *, over: int, alive: int) -> None:
    """Sessions, verifications and counts: so many that are over, and so many that are not."""
    database, clock = auth.context.database, auth.context.clock
    user_id = (await sign_up(auth))["user"]["id"]
    now = auth.context.now()
    for number in range(over + alive):
        expires_at = now - timedelta(seconds=1) if number < over else now + timedelta(hours=1)
        dates = {"createdAt": now, "updatedAt": now, "expiresAt": expires_at}
        session = {"id": f"s{number}", "token": f"t{number}", "userId": user_id, **dates}
        await database.execute(insert(database.table("session")).values(**session))
        verification = {"id": f"v{number}", "identifier": f"i{number}", "value": "", **dates}
        await database.execute(insert(database.table("verification")).values(**verification))
        last = clock.milliseconds() - (61_000 if number < over else 59_000)
        count = {"id": f"c{number}", "key": f"k{number}", "count": 1, "lastRequest": last}
        await database.execute(insert(database.table("rateLimit")).values(**count))


async def test_what_is_over_goes_in_batches_and_the_rest_stays(database_url: str, clock: ManualClock) -> None:
    async with running(auth_on(database_url, rate_limit=COUNTED, clock=clock)) as auth:
        await fill(auth, over=25, alive=5)
        cleanup = auth.context.cleanup
        assert await cleanup.run(dry_run=True) == CleanedUp(25, 25, 25)
        deleted: list[int] = []

        @event.listens_for(auth.context.database.engine, "after_cursor_execute")
        def note(_: Any, cursor: Any, statement: str, *__: Any) -> None:
            if statement.startswith("DELETE FROM session"):
                deleted.append(cursor.rowcount)

        assert await cleanup.run(batch_size=10) == CleanedUp(25, 25, 25)
        assert deleted == [10, 10, 5]
        # One session more: that of the sign-up.
        assert await counts(database_url, "session", "verification", "rate_limit") == {
            "session": 6,
            "verification": 5,
            "rate_limit": 5,
        }
        assert await cleanup.run() == CleanedUp(0, 0, 0)


async def test_what_the_options_keep_is_kept(sqlite_url: str, redis: RedisServer, clock: ManualClock) -> None:
    options: Any = {
        "secondary_storage": {"url": redis.url},
        "session": {"store_session_in_database": True, "preserve_session_in_database": True},
        "verification": {"disable_cleanup": True},
    }
    async with running(auth_on(sqlite_url, clock=clock, **options)) as auth:
        await sign_up(auth)
        clock.advance(30 * 86_400)
        assert await auth.context.cleanup.run() == CleanedUp(None, None, None)
        assert await counts(sqlite_url, "session") == {"session": 1}


async def test_several_servers_clean_up_together(postgresql_url: str, clock: ManualClock) -> None:
    async with running(auth_on(postgresql_url, rate_limit=COUNTED, clock=clock)) as auth:
        await fill(auth, over=40, alive=3)
        others = [auth_on(postgresql_url, rate_limit=COUNTED, clock=clock) for _ in range(3)]
        done = await asyncio.gather(*(other.context.cleanup.run(batch_size=7) for other in others))
        assert sum(one.sessions or 0 for one in done) == 40
        assert (await counts(postgresql_url, "session"))["session"] == 4
        for other in others:
            await other.shutdown()


async def test_of_several_schedules_one_works_at_a_time(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url)) as auth:
        other = auth_on(postgresql_url)
        async with auth.context.cleanup._alone() as is_alone:
            assert is_alone
            assert await other.context.cleanup.run_unless_another_does() is None
        assert await other.context.cleanup.run_unless_another_does() == CleanedUp(0, 0, None)
        assert await auth.context.cleanup.run_unless_another_does() == CleanedUp(0, 0, None)
        await other.shutdown()


async def test_a_row_that_somebody_holds_is_left_for_the_next_time(postgresql_url: str, clock: ManualClock) -> None:
    async with running(auth_on(postgresql_url, rate_limit=COUNTED, clock=clock)) as auth:
        await fill(auth, over=3, alive=0)
        holder = auth_on(postgresql_url, clock=clock)
        async with holder.context.database.transaction():
            await holder.context.sessions.update("t1", {"expiresAt": auth.context.after(60)})
            async with asyncio.timeout(5):
                assert (await auth.context.cleanup.run()).sessions == 2
        assert await auth.context.sessions.find_with_user("t1") is not None
        await holder.shutdown()


async def test_the_server_cleans_up_by_itself(database_url: str, clock: ManualClock) -> None:
    settings = {"cleanup_interval": 1}
    async with running(auth_on(database_url, database=settings, rate_limit=COUNTED, clock=clock)) as auth:
        await fill(auth, over=5, alive=2)
        async with asyncio.timeout(10):
            while (await counts(database_url, "verification"))["verification"] > 2:  # noqa: ASYNC110 - rows tell nobody
                await asyncio.sleep(0.1)


async def test_by_default_it_does_not(sqlite_url: str) -> None:
    async with running(auth_on(sqlite_url)) as auth:
        assert auth.context._cleaner is None


async def test_a_database_without_tables_says_what_to_check(sqlite_url: str) -> None:
    auth = auth_on(sqlite_url)
    with pytest.raises(DatabaseError, match="betterauth migrate --check"):
        await auth.context.cleanup.run()
    await auth.shutdown()
