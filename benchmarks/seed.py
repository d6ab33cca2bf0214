"""The same users, sessions and accounts for every contestant, made of nothing but their numbers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from re import sub
from typing import Any, Literal

import asyncpg

from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.crypto.signing import sign_base64
from betterauth_py.javascript.values import encode_uri_component
from betterauth_py.options.email_and_password import PasswordOptions

SECRET = "benchmark-secret-benchmark-secret-benchmark"
PASSWORD = "correct horse battery staple"
LIFE = timedelta(days=7)
# Younger than `update_age`, so that reading a session never prolongs it.
OLDEST = timedelta(hours=12)

Layout = Literal["drizzle", "better-auth", "pypi"]
Algorithm = Literal["argon2id", "scrypt"]
Table = tuple[str, tuple[str, ...], Iterator[tuple[Any, ...]]]


@dataclass(frozen=True)
class Seed:
    """How many rows there are, and what is in each."""

    users: int
    sessions: int

    def email(self, user: int) -> str:
        """Return the address of a user."""
        return f"user{user}@bench.example"

    def user_id(self, user: int) -> str:
        """Return the id of a user."""
        return _opaque("user", user)

    def owner(self, session: int) -> int:
        """Return the number of the user that a session belongs to."""
        return session % self.users

    def token(self, session: int) -> str:
        """Return the token of a session."""
        return _opaque("token", session)

    def cookie(self, session: int) -> str:
        """Return the signed cookie of a session."""
        token = self.token(session)
        return f"better-auth.session_token={encode_uri_component(f'{token}.{sign_base64(SECRET, token)}')}"


async def fill(database: str, seed: Seed, layout: Layout, algorithm: Algorithm) -> None:
    """Copy the rows into the empty tables of `layout`; every password is hashed with `algorithm`."""
    password_hash = await _hashed(algorithm)
    connection = await asyncpg.connect(database)
    try:
        for table, columns, records in _tables(seed, password_hash):
            names = [_snake_case(column) if layout == "drizzle" else column for column in columns]
            rows = records if layout == "better-auth" else map(_without_zones, records)
            await connection.copy_records_to_table(table, records=rows, columns=names)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def fill_sqlite(path: str, seed: Seed, algorithm: Algorithm) -> None:
    """Insert the rows into the empty tables of the Drizzle layout in a SQLite file."""
    password_hash = asyncio.run(_hashed(algorithm))
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, columns, records in _tables(seed, password_hash):
            names = ", ".join(_snake_case(column) for column in columns)
            marks = ", ".join("?" for _ in columns)
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            connection.executemany(statement, map(_in_milliseconds, records))


async def _hashed(algorithm: Algorithm) -> str:
    hasher = PasswordHasher(PasswordOptions(algorithm=algorithm))
    try:
        return await hasher.hash(PASSWORD)
    finally:
        hasher.close()


def _tables(seed: Seed, password_hash: str) -> Iterator[Table]:
    now = datetime.now(UTC).replace(microsecond=0)
    yield (
        "user",
        ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt"),
        (
            (seed.user_id(user), f"User {user}", seed.email(user), user % 2 == 0, None, now - LIFE, now - LIFE)
            for user in range(seed.users)
        ),
    )
    yield (
        "account",
        ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt"),
        (
            (
                _opaque("account", user), seed.user_id(user), "credential", seed.user_id(user),
                password_hash, now - LIFE, now - LIFE,
            )
            for user in range(seed.users)
        ),
    )  # fmt: skip
    yield (
        "session",
        ("id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId"),
        (
            (
                _opaque("session", session), started + LIFE, seed.token(session), started, started,
                "203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                seed.user_id(seed.owner(session)),
            )
            for session in range(seed.sessions)
            for started in (now - OLDEST * (session / seed.sessions),)
        ),
    )  # fmt: skip


def _opaque(kind: str, number: int) -> str:
    return sha256(f"{kind} {number}".encode()).hexdigest()[:32]


def _snake_case(name: str) -> str:
    return sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def _without_zones(record: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in record)


def _in_milliseconds(record: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(int(value.timestamp() * 1000) if isinstance(value, datetime) else value for value in record)
