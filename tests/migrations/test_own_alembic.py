"""A neighbour's Alembic on the same database, and an environment of one's own with `auth.metadata`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from betterauth_py.errors import DatabaseError
from betterauth_py.store.migrations import apply_migrations, check_schema, head_revision
from betterauth_py.store.version_table import VERSION_TABLE
from tests.migrations.commands import ROOT, Command
from tests.migrations.test_autogenerate import OPTIONS
from tests.store.support import SECRET, auth_on, counts, database_of, execute_script, running, sign_up, stored_rows

FOREIGN = (
    "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);"
    "INSERT INTO alembic_version VALUES ('a1b2c3d4e5f6');"
)
_MODELS = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"


def documented_lines() -> str:
    """The lines of docs/deployment.md that an `env.py` gets."""
    page = (ROOT / "docs" / "deployment.md").read_text()
    found = re.search(r"```python\n# migrations/env\.py\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


def own_environment(folder: Path, url: str, options: dict[str, Any]) -> None:
    """An app with the environment that `alembic init` writes, and the documented lines in it."""
    (folder / "myapp").mkdir()
    (folder / "myapp" / "__init__.py").touch()
    (folder / "myapp" / "models.py").write_text(_MODELS)
    (folder / "myapp" / "auth.py").write_text(
        f"from betterauth_py import BetterAuth\n\nauth = BetterAuth(secret={SECRET!r}, base_url='http://localhost:1', "
        f"email_and_password={{'enabled': True}}, **{options!r})\n"
    )
    alembic(folder, "init", "-t", "async", "migrations")
    environment = folder / "migrations" / "env.py"
    text = environment.read_text()
    assert "target_metadata = None" in text
    environment.write_text(text.replace("target_metadata = None", documented_lines()))
    settings = folder / "alembic.ini"
    driver = "sqlite+aiosqlite" if url.startswith("sqlite") else "postgresql+asyncpg"
    own_url = f"{driver}://{url.partition('://')[2]}"
    settings.write_text(re.sub(r"sqlalchemy\.url = .*", f"sqlalchemy.url = {own_url}", settings.read_text()))


def alembic(folder: Path, *arguments: str) -> None:
    """Alembic's own command, in the folder."""
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("described", ["the defaults", "additional fields of every type"])
async def test_the_documented_environment_makes_tables_that_the_server_starts_on(
    database_url: str, layout: str, described: str, tmp_path: Path
) -> None:
    options = {**OPTIONS[described], "rate_limit": {"storage": "database"}}
    own_environment(tmp_path, database_url, {**options, "database": {"url": database_url, "layout": layout}})
    alembic(tmp_path, "revision", "--autogenerate", "-m", "auth")
    alembic(tmp_path, "upgrade", "head")
    alembic(tmp_path, "check")
    async with running(auth_on(database_url, database={"layout": layout}, **options), migrate=False) as auth:
        await sign_up(auth)


async def test_a_neighbours_revision_neither_disturbs_nor_is_disturbed(database_url: str, betterauth: Command) -> None:
    await execute_script(database_url, FOREIGN)
    async with running(auth_on(database_url)) as auth:
        await sign_up(auth)
        await auth.migrate()
    assert await stored_rows(database_url, "alembic_version") == [{"version_num": "a1b2c3d4e5f6"}]
    assert [row["version_num"] for row in await stored_rows(database_url, VERSION_TABLE)] == [head_revision()]


@pytest.mark.parametrize("neighbours", [[], ["a1b2c3d4e5f6"]])
async def test_what_was_noted_in_alembics_default_table_is_taken_over(database_url: str, neighbours: list[str]) -> None:
    async with running(auth_on(database_url)) as auth:
        await sign_up(auth)
    inserts = "".join(f"INSERT INTO alembic_version VALUES ('{one}');" for one in (*neighbours, head_revision()))
    await execute_script(
        database_url,
        f"DROP TABLE {VERSION_TABLE}; CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); {inserts}",
    )
    async with running(auth_on(database_url)) as auth:
        await sign_up(auth)
    assert [row["version_num"] for row in await stored_rows(database_url, VERSION_TABLE)] == [head_revision()]
    if neighbours:
        assert await stored_rows(database_url, "alembic_version") == [{"version_num": "a1b2c3d4e5f6"}]
    else:
        with pytest.raises(Exception, match="alembic_version"):
            await stored_rows(database_url, "alembic_version")


async def test_the_start_looks_at_the_tables_and_not_at_the_stamp(database_url: str) -> None:
    async with running(auth_on(database_url)):
        pass
    await execute_script(database_url, f"UPDATE {VERSION_TABLE} SET version_num = 'of a later version'")
    auth = auth_on(database_url)
    assert (await check_schema(database_of(auth))).is_complete
    await auth.shutdown()


@pytest.mark.parametrize("target", ["base", "-2"])
async def test_going_back_deletes_no_rows_unless_told_to(database_url: str, target: str) -> None:
    async with running(auth_on(database_url, rate_limit={"storage": "database"})) as auth:
        await sign_up(auth)
        with pytest.raises(DatabaseError, match=r"user \(1 rows\).*--yes"):
            await apply_migrations(database_of(auth), target=target)
        assert (await check_schema(database_of(auth))).is_complete
        assert await counts(database_url, "user", "session") == {"user": 1, "session": 1}
        gone = await apply_migrations(database_of(auth), target=target, may_delete=True)
        assert gone.present_core_tables == []
        assert "rate_limit" in gone.missing_tables


async def test_without_rows_going_back_needs_no_consent(database_url: str) -> None:
    auth = auth_on(database_url)
    await auth.migrate()
    assert (await apply_migrations(database_of(auth), target="-2")).present_core_tables == []
    await auth.shutdown()


async def test_the_file_of_sqlite_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "data" / "auth.db"
    async with running(auth_on(f"sqlite:///{file}")) as auth:
        await sign_up(auth)
        found = [file, *file.parent.glob("auth.db-*"), file.parent, file.parent.parent]
        assert len(found) > 3
        assert [oct(path.stat().st_mode & 0o777) for path in found] == [
            "0o700" if path.is_dir() else "0o600" for path in found
        ]
