"""Where changes of sessions cannot be heard of, nothing that is in memory is shown, or the start is refused."""

from __future__ import annotations

import asyncio
import os
import signal
from time import monotonic
from typing import Any

import pytest

from betterauth_py.errors import ConfigurationError, DatabaseError
from tests.store.pooler import pgbouncer
from tests.store.session_pairs import LISTENING, ON, Pair, lookup_of, remember, until
from tests.store.stoppable import Stoppable
from tests.store.support import (
    auth_on,
    execute_script,
    query,
    running,
)
from tests.store.test_database_restart import stoppable

__all__ = ["stoppable"]


async def test_while_nobody_listens_sessions_are_read_from_the_database(pair: Pair) -> None:
    token, _ = await pair.remembered()
    for _ in range(3):
        await query(pair.url, f"SELECT pg_terminate_backend(pid) FROM ({LISTENING}) AS listening")
        for auth in (pair.one, pair.other):
            await until(lambda auth=auth: lookup_of(auth).cache.ticket is None)  # type: ignore[misc]
            assert len(lookup_of(auth).cache) == 0
        await execute_script(pair.url, "UPDATE \"user\" SET name = 'Grace'")
        assert await pair.shown(pair.one, token) == await pair.shown(pair.other, token) == "Grace"
        assert len(lookup_of(pair.one).cache) == 0
        for auth in (pair.one, pair.other):
            await remember(auth, token)
        await execute_script(pair.url, "UPDATE \"user\" SET name = 'Ada'")
        for auth in (pair.one, pair.other):
            await pair.await_shown(auth, token, "Ada")
            await remember(auth, token)


async def test_a_connection_that_is_silently_dead_is_believed_no_longer_than_the_bound(postgresql_url: str) -> None:
    bound = 1.0
    session = {"memory_cache": {"enabled": True, "max_staleness": bound}}
    async with running(auth_on(postgresql_url, session=session)) as auth:
        pair = Pair(postgresql_url, auth, auth)
        token, _ = await pair.remembered()
        listening = await query(postgresql_url, LISTENING)
        assert len(listening) == 1
        pid = listening[0]["pid"]
        # As when a firewall has forgotten the connection: nothing arrives, nothing is closed.
        os.kill(pid, signal.SIGSTOP)
        try:
            await execute_script(postgresql_url, "UPDATE \"user\" SET name = 'Grace'")
            committed = monotonic()
            assert await pair.shown(auth, token) == "Ada"
            await pair.await_shown(auth, token, "Grace")
            assert monotonic() - committed < bound + 0.5
            # Another connection takes its place.
            await remember(auth, token)
        finally:
            os.kill(pid, signal.SIGCONT)
        await execute_script(postgresql_url, "UPDATE \"user\" SET name = 'Ada'")
        await pair.await_shown(auth, token, "Ada")


async def test_after_a_restart_of_the_database_sessions_are_kept_again(stoppable: Stoppable) -> None:
    async with running(auth_on(stoppable.url, session=ON)) as auth:
        pair = Pair(stoppable.url, auth, auth)
        token, _ = await pair.remembered()
        await asyncio.to_thread(stoppable.stop)
        await until(lambda: len(lookup_of(auth).cache) == 0)
        await asyncio.to_thread(stoppable.start)
        await execute_script(stoppable.url, "UPDATE \"user\" SET name = 'Grace'")
        assert await pair.shown(auth, token) == "Grace"
        await remember(auth, token)
        await execute_script(stoppable.url, "DELETE FROM session")
        await pair.await_shown(auth, token, None)


async def test_triggers_that_vanish_are_missed_within_the_bound(postgresql_url: str) -> None:
    session = {"memory_cache": {"enabled": True, "max_staleness": 0.3}}
    async with running(auth_on(postgresql_url, session=session)) as auth:
        token, _ = await Pair(postgresql_url, auth, auth).remembered()
        await execute_script(postgresql_url, 'ALTER TABLE "user" DISABLE TRIGGER ALL')
        await until(lambda: lookup_of(auth).cache.ticket is None)
        assert lookup_of(auth).cache.get(token) is None


@pytest.mark.parametrize("schema_check", [True, False])
async def test_without_the_triggers_the_start_is_refused(postgresql_url: str, schema_check: bool) -> None:
    async with running(auth_on(postgresql_url)):
        pass
    database = {"schema_check": schema_check}
    with pytest.raises(DatabaseError, match=r"triggers.*betterauth migrate"):
        async with running(auth_on(postgresql_url, session=ON, database=database), migrate=False):
            pass
    async with running(auth_on(postgresql_url, session=ON, database=database)):
        pass


async def test_behind_a_pooler_that_nobody_told_of_the_start_is_refused(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url, session=ON)):
        pass
    settings = {"pool_mode": "transaction", "ignore_startup_parameters": "extra_float_digits,jit"}
    with pgbouncer(postgresql_url, settings) as port:
        name = postgresql_url.partition("?")[0].rpartition("/")[2]
        url = f"postgresql://postgres@127.0.0.1:{port}/{name}"
        session = {"memory_cache": {"enabled": True, "max_staleness": 1.0}}
        auth = auth_on(url, session=session, database={"schema_check": False})
        with pytest.raises(DatabaseError, match=r"session\.memory_cache\.enabled.*do not arrive"):
            async with running(auth, migrate=False):
                pass


@pytest.mark.parametrize(
    ("url", "options", "problem"),
    [
        ("sqlite:///auth.db", {}, "SQLite"),
        ("postgresql://ada@ep-x-pooler.eu.aws.neon.tech/auth", {}, "pooler"),
        ("postgresql://ada@localhost/auth", {"database": {"pooled": True}}, "pooler"),
        ("postgresql://ada@/auth?host=one,other", {}, "several hosts"),
        ("postgresql://ada@localhost/auth", {"secondary_storage": {"url": "redis://localhost"}}, "secondary_storage"),
    ],
)
def test_where_it_cannot_be_kept_true_the_option_is_refused(url: str, options: Any, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"session\.memory_cache\.enabled.*{problem}"):
        auth_on(url, session=ON, **options)


@pytest.mark.parametrize("values", [{"max_entries": 0}, {"max_staleness": 0}])
def test_nonsense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=rf"session\.memory_cache\.{next(iter(values))}"):
        auth_on("postgresql://ada@localhost/auth", session={"memory_cache": {"enabled": True, **values}})


async def test_it_can_be_started_again(postgresql_url: str) -> None:
    auth = auth_on(postgresql_url, session=ON)
    for _ in range(2):
        async with running(auth):
            await Pair(postgresql_url, auth, auth).remembered()
        assert len(lookup_of(auth).cache) == 0
        assert await query(postgresql_url, LISTENING) == []
