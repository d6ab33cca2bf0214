"""Auth servers of ours, and the requests these tests send them."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from betterauth_py import BetterAuth
from betterauth_py.store.database import Database

ORIGIN = "http://localhost:3001"
SECRET = "Pq7vZ2mX9rT4wY6bN1cK8dF3gH5jL0sA-tests"
PASSWORD = "correct horse battery"
# Hashing is not what these tests are about.
CHEAP_HASHES = {"argon2": {"time_cost": 1, "memory_cost": 64}}
_numbers = count(1)


def auth_on(url: str, **options: Any) -> BetterAuth:
    """An auth on the database, with e-mail and password; nothing is connected yet."""
    database = {"url": url, **options.pop("database", {})}
    email_and_password = {"enabled": True, "password": CHEAP_HASHES, **options.pop("email_and_password", {})}
    return BetterAuth(
        base_url=ORIGIN,
        secret=SECRET,
        database=database,
        email_and_password=email_and_password,
        **options,
    )


@asynccontextmanager
async def running(auth: BetterAuth, *, migrate: bool = True) -> AsyncIterator[BetterAuth]:
    """The auth, migrated and started, as the app's lifespan would."""
    try:
        if migrate:
            await auth.migrate()
        await auth.startup()
        yield auth
    finally:
        await auth.shutdown()


def transport_to(auth: BetterAuth) -> httpx.ASGITransport:
    """The way to the app without a network."""
    app: Any = auth.app
    return httpx.ASGITransport(app=app)


@asynccontextmanager
async def browser(auth: BetterAuth) -> AsyncIterator[httpx.AsyncClient]:
    """A client that keeps cookies and speaks HTTP to the app."""
    headers = {"origin": ORIGIN}
    async with httpx.AsyncClient(
        transport=transport_to(auth), base_url=f"{ORIGIN}/api/auth", headers=headers
    ) as client:
        yield client


def new_address() -> str:
    """An e-mail address that nobody has."""
    return f"user{next(_numbers)}@example.com"


def sign_up_body(email: str, **fields: Any) -> dict[str, Any]:
    """What a sign-up sends."""
    return {"name": "Ada", "email": email, "password": PASSWORD, **fields}


async def sign_up(auth: BetterAuth, email: str | None = None, **fields: Any) -> dict[str, Any]:
    """Sign up in-process; the answer has `token` and `user`."""
    answer: dict[str, Any] = await auth.api.sign_up_email(body=sign_up_body(email or new_address(), **fields))
    return answer


def rows_of(url: str, table: str) -> list[dict[str, Any]]:
    """All rows of a table of a SQLite database, as they are stored."""
    with closing(sqlite3.connect(path_of(url))) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]


async def stored_rows(url: str, table: str) -> list[dict[str, Any]]:
    """All rows of a table of either engine, as they are stored."""
    if url.startswith("sqlite"):
        return rows_of(url, table)
    return [dict(row) for row in await query(url, f'SELECT * FROM "{table}"')]


async def query(url: str, statement: str, *arguments: Any) -> list[Mapping[str, Any]]:
    """The rows that PostgreSQL answers, over a connection of its own."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(url)
    try:
        found: list[Mapping[str, Any]] = await connection.fetch(statement, *arguments)
        return found
    finally:
        await connection.close()


async def execute_script(url: str, statements: str) -> None:
    """Run statements in one go on either engine, outside of the library."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(path_of(url))) as file:
            file.executescript(statements)
        return
    connection: asyncpg.Connection[Any] = await asyncpg.connect(url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


def path_of(url: str) -> Path:
    """The file of a SQLite URL."""
    return Path(url.partition(":///")[2])


async def counts(url: str, *tables: str) -> dict[str, int]:
    """How many rows the tables have."""
    return {table: len(await stored_rows(url, table)) for table in tables}


def database_of(auth: BetterAuth) -> Database:
    """The auth's database."""
    return auth.context.database
