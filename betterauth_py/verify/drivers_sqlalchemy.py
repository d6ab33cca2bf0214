"""Reads one row with SQLAlchemy's engines, connections and sessions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from betterauth_py.verify.row_reader import AsyncRowReader, BlockingRowReader, Row, RowReader


class _OfSqlAlchemy(RowReader):
    placeholder = ":token"

    def __init__(self, given: Any) -> None:
        """Read without a transaction, on a connection of our own."""
        super().__init__(given)
        self._opener = _opener(given)

    @cached_property
    def _text(self) -> Any:
        from sqlalchemy import text

        return text(self.statement)

    def _through(self, given: Any, token: str) -> Row | None:
        """Read over a connection or session and leave it in the transaction it is in, or in none.

        One that stayed open would go on seeing the sessions of its beginning, and `begin` would refuse the service.
        """
        if given.in_transaction():
            return _first(given.execute(self._text, {"token": token}))
        # Rolling a session back would expire its objects.
        bind = given.get_bind() if hasattr(given, "get_bind") else given
        if hasattr(bind, "dispose"):
            with bind.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                return _first(connection.execute(self._text, {"token": token}))
        was_idle = not bind.in_transaction()
        try:
            return _first(bind.execute(self._text, {"token": token}))
        finally:
            if was_idle:
                bind.rollback()


class AsyncSqlAlchemy(_OfSqlAlchemy, AsyncRowReader):
    """SQLAlchemy's AsyncEngine, AsyncConnection, AsyncSession or async_sessionmaker, or an async_scoped_session."""

    async def row(self, token: str) -> Row | None:
        """See `AsyncRowReader.row`."""
        if self._opener is not None:
            async with self._opener() as connection:
                return _first(await connection.execute(self._text, {"token": token}))
        if hasattr(self.given, "registry"):
            return await self._by(self.given.registry(), token)
        async with self.turn:
            return await self._by(self.given, token)

    async def _by(self, given: Any, token: str) -> Row | None:
        row: Row | None = await given.run_sync(self._through, token)
        return row


class SqlAlchemy(_OfSqlAlchemy, BlockingRowReader):
    """SQLAlchemy's Engine, Connection, Session, scoped_session or sessionmaker."""

    def read(self, token: str) -> Row | None:
        """See `BlockingRowReader.read`."""
        if self._opener is not None:
            with self._opener() as connection:
                return _first(connection.execute(self._text, {"token": token}))
        if hasattr(self.given, "registry"):
            return self._through(self.given.registry(), token)
        with self.turn:
            return self._through(self.given, token)


def _opener(given: Any) -> Callable[[], Any] | None:
    """Return a function that opens a connection or session for one read, or None if `given` is one."""
    if hasattr(given, "connect") and hasattr(given, "dispose"):
        opener: Callable[[], Any] = given.execution_options(isolation_level="AUTOCOMMIT").connect
        return opener
    return given if callable(given) and not hasattr(given, "execute") else None


def _first(result: Any) -> Row | None:
    row = result.first()
    return None if row is None else tuple(row)
