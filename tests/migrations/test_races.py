"""Several processes migrate the same database at the same moment."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from betterauth_py.store.migrations import head_revision
from tests.migrations.commands import end_of, start
from tests.store.support import auth_on, counts, running, sign_up, stored_rows


def test_two_processes_migrate_at_once(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "betterauth.toml").write_text('[rate_limit]\nstorage = "database"\n')
    processes = [start(tmp_path, database_url, "migrate") for _ in range(2)]
    for process in processes:
        done = end_of(process)
        assert done.code == 0, done.errors
        assert head_revision() in done.output
    assert asyncio.run(counts(database_url, "betterauth_version")) == {"betterauth_version": 1}


async def test_eight_instances_migrate_at_once(database_url: str) -> None:
    auths = [auth_on(database_url, rate_limit={"storage": "database"}) for _ in range(8)]
    await asyncio.gather(*(auth.migrate() for auth in auths))
    for auth in auths:
        await auth.shutdown()
    assert [row["version_num"] for row in await stored_rows(database_url, "betterauth_version")] == [head_revision()]


async def test_several_instances_add_the_same_column_at_once_while_another_one_works(database_url: str) -> None:
    fields = {"role": {"type": "string", "required": False, "index": True}}
    async with running(auth_on(database_url)) as old:
        await sign_up(old)
        new = [auth_on(database_url, user={"additional_fields": fields}) for _ in range(4)]
        await asyncio.gather(*(auth.migrate() for auth in new), *(sign_up(old) for _ in range(4)))
        for auth in new:
            await auth.shutdown()
        await sign_up(old)
    assert [row["role"] for row in await stored_rows(database_url, "user")] == [None] * 6


async def test_four_databases_are_migrated_at_once_in_one_process(tmp_path: Path) -> None:
    auths = [auth_on(f"sqlite:///{tmp_path / str(number)}.db") for number in range(4)]
    await asyncio.gather(*(auth.migrate() for auth in auths))
    for auth in auths:
        await auth.shutdown()


def test_four_databases_are_migrated_at_once_by_threads_with_event_loops_of_their_own(tmp_path: Path) -> None:
    async def migrate(number: int) -> None:
        auth = auth_on(f"sqlite:///{tmp_path / str(number)}.db")
        await auth.migrate()
        await auth.shutdown()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: asyncio.run(migrate(number)), range(4)))
