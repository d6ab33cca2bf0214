"""How many connections the session look-up holds, and which databases have one."""

from __future__ import annotations

import asyncio
import threading

import pytest

from betterauth_py.errors import DatabaseUnavailableError
from betterauth_py.options import DatabaseOptions, MemoryCacheOptions
from betterauth_py.store.database_url import parse_database_url
from betterauth_py.store.engine import connect_postgresql
from betterauth_py.store.sessions.lookup import make_session_lookup
from tests.store.support import auth_on, database_of, execute_script, query, running, sign_up

BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


async def test_all_look_ups_use_one_connection(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url)) as auth:
        token = (await sign_up(auth))["token"]
        before = len(await query(postgresql_url, BACKENDS))
        for _ in range(3):
            await asyncio.gather(*(auth.context.sessions.find_with_user(token) for _ in range(100)))
        assert len(await query(postgresql_url, BACKENDS)) == before + 1
    await asyncio.sleep(0.1)
    assert await query(postgresql_url, BACKENDS) == []


async def test_a_query_that_cannot_be_prepared_leaves_no_connection_behind(postgresql_url: str) -> None:
    async with running(auth_on(postgresql_url)) as auth:
        before = len(await query(postgresql_url, BACKENDS))
        await execute_script(postgresql_url, "DROP TABLE session")
        for _ in range(10):
            with pytest.raises(Exception, match="session"):
                await auth.context.sessions.find_with_user("any")
        await asyncio.sleep(0.1)
        assert len(await query(postgresql_url, BACKENDS)) <= before + 1


async def test_a_connection_that_falls_silent_before_it_is_ready_is_given_up_and_closed() -> None:
    version = b"server_version\x0016.0\x00"
    status = b"S" + (4 + len(version)).to_bytes(4, "big") + version
    greeting = b"R\x00\x00\x00\x08\x00\x00\x00\x00" + status + b"Z\x00\x00\x00\x05I"
    is_closed = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(greeting)
        while await reader.read(65_536):
            pass
        is_closed.set()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        options = DatabaseOptions(url=f"postgresql://u@127.0.0.1:{port}/d?sslmode=disable", connect_timeout=0.5)
        with pytest.raises(DatabaseUnavailableError, match="no answer in time"):
            await asyncio.wait_for(connect_postgresql(parse_database_url(options.url), options, pooled=False), 5)
        await asyncio.wait_for(is_closed.wait(), 5)


async def test_look_ups_in_a_sqlite_file_have_one_thread_that_ends(sqlite_url: str) -> None:
    def threads() -> int:
        return sum(thread.name.startswith("betterauth-session") for thread in threading.enumerate())

    before = threads()
    async with running(auth_on(sqlite_url)) as auth:
        token = (await sign_up(auth))["token"]
        await asyncio.gather(*(auth.context.sessions.find_with_user(token) for _ in range(100)))
        assert threads() == before + 1
    assert threads() == before


@pytest.mark.parametrize("url", ["sqlite://", "postgresql://ada@ep-x-pooler.eu.aws.neon.tech/auth"])
def test_a_database_in_memory_and_one_behind_a_pooler_have_no_look_up_of_their_own(url: str) -> None:
    assert make_session_lookup(database_of(auth_on(url)), MemoryCacheOptions()) is None


async def test_inside_a_transaction_what_it_wrote_is_found(database_url: str) -> None:
    async with running(auth_on(database_url)) as auth:
        user = (await sign_up(auth))["user"]
        now = auth.context.now()
        row = {"id": "s", "token": "fresh", "userId": user["id"], "expiresAt": now, "createdAt": now, "updatedAt": now}
        async with database_of(auth).transaction():
            await auth.context.sessions.create(row)
            inside = await auth.context.sessions.find_with_user("fresh")
            assert inside is not None
        outside = await auth.context.sessions.find_with_user("fresh")
        assert outside == inside
