"""Reading the session from the auth server's database."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from time import monotonic
from types import NoneType
from typing import Any, Final, Literal

from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript.dates import as_utc, read_date, to_milliseconds
from betterauth_py.store.sessions.cache import bytes_of
from betterauth_py.store.sessions.statement import session_statement
from betterauth_py.verify.credentials import CookieNames, Credentials
from betterauth_py.verify.drivers import reader_of
from betterauth_py.verify.errors import InvalidSessionError, VerificationUnavailableError
from betterauth_py.verify.records import Session, User, VerifiedSession
from betterauth_py.verify.row_reader import BlockingRowReader, Row
from betterauth_py.verify.runtime import Runtime
from betterauth_py.verify.secrets import shared_secrets
from betterauth_py.verify.session_source import SessionSource, Unanswered
from betterauth_py.verify.tokens import Bearer, TokenReader

_SESSION: Final = ("expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId", "id")
_USER: Final = ("name", "email", "emailVerified", "image", "createdAt", "updatedAt", "id")
_DATES: Final = frozenset({"expiresAt", "createdAt", "updatedAt"})
# Drizzle's `timestamp` on SQLite is in seconds, its `timestamp_ms` in milliseconds; in 1973 there were no sessions.
_FIRST_MILLISECOND: Final = 100_000_000_000
_NUMBERS: Final = frozenset({int, float})
_ATTEMPTS: Final = 3
_MOST_REMEMBERED: Final = 1_000
# A row of megabytes, such as one with an image, is read again.
_MOST_BYTES_KNOWN: Final = 65_536
_CHANGEABLE: Final = (dict, list, set, bytearray)
_UNCHANGEABLE: Final = frozenset({str, bool, int, float, datetime, NoneType})
logger = logging.getLogger("betterauth.verify")
_Convert = Callable[[Any], Any]


class Database(SessionSource):
    """Checks the cookie's signature with the shared secret and reads the session from the auth server's database.

    The answer is the database's at that moment: a revoked or expired session is rejected at once, and the user is as
    stored. It never writes: only the browser's own requests to the auth server prolong a session. It takes one query
    per request. If the database is unreachable, requests are rejected: `VerificationUnavailableError`.
    """

    name = "database"

    def __init__(
        self,
        connection: Any,
        *,
        secret: str | Sequence[str] | None = None,
        columns: Literal["snake_case", "camelCase"] = "snake_case",
        schema: str | None = None,
        session_table: str = "session",
        user_table: str = "user",
        session_fields: Mapping[str, str] | None = None,
        user_fields: Mapping[str, str] | None = None,
        cookies: CookieNames | None = None,
        bearer: Bearer = "off",
        timeout: float = 3.0,
    ) -> None:
        """Query `connection`.

        Args:
            connection: what the service has: a connection, pool or session of asyncpg, psycopg 3, SQLAlchemy, sqlite3,
                aiosqlite or Django. A single connection is asked by one request after the other and is not made anew
                when it is lost; a pool or engine is the better choice.
            secret: the auth server's secret, of several versions the current one; `BETTER_AUTH_SECRET` of the
                environment when left out.
            columns: `snake_case` as Drizzle and this project name them, or `camelCase` as better-auth's own migrations.
            schema: the database schema the tables are in, if not on the search path.
            session_table: the table of sessions.
            user_table: the table of users.
            session_fields: column names of fields that are called otherwise, and further fields to read:
                `{"activeOrganizationId": "active_organization_id"}`.
            user_fields: the same for the user: `{"email": "email_address", "role": "role"}`.
            cookies: how the auth server names its cookies.
            bearer: whether session tokens in `Authorization: Bearer` count, as with better-auth's bearer plugin:
                `signed` ones only, or `any`.
            timeout: seconds until the database has to have answered; in `sync`, your driver's own time-outs count.

        Raises:
            ConfigurationError: if the connection is of no known kind, or there is no secret.
        """
        self._reader = asked = reader_of(connection)
        self._ask: Callable[[str], Awaitable[Row | None]] = (
            partial(self._in_thread, asked) if isinstance(asked, BlockingRowReader) else asked.row
        )
        self._timeout = timeout
        self._tokens = TokenReader(shared_secrets(secret, "Database").current, cookies or CookieNames(), bearer)
        if columns not in {"snake_case", "camelCase"}:
            raise ConfigurationError(f"Database: `columns` is {columns!r}. Give 'snake_case' or 'camelCase'.")
        session = _columns(_SESSION, columns, session_fields or {})
        user = _columns(_USER, columns, user_fields or {})
        for name in (*session.values(), *user.values(), session_table, user_table, schema or ""):
            if any(character in name for character in "%:?\0"):
                raise ConfigurationError(
                    f"Database: the name {name!r} has a character that drivers take for a parameter."
                )
        statement = session_statement(
            session_table,
            user_table,
            session.values(),
            user.values(),
            user_id=session["userId"],
            token=session["token"],
            schema=schema,
        )
        self._reader.statement = f"{statement} = {self._reader.placeholder}"
        self._session = _Fields(session)
        self._user = _Fields(user)
        self._known = lru_cache(_MOST_REMEMBERED)(lambda token: _Known())

    @property
    def statement(self) -> str:
        """The query in the driver's form."""
        return self._reader.statement

    def bind(self, runtime: Runtime) -> None:
        """See `SessionSource.bind`."""
        if not runtime.is_async and not isinstance(self._reader, BlockingRowReader):
            kind = type(self._reader.given).__name__
            raise ConfigurationError(
                f"Database: a {kind} needs an event loop. Give sync.SessionVerifier a blocking one."
            )
        super().bind(runtime)

    async def find(self, credentials: Credentials) -> VerifiedSession | Unanswered:
        """See `SessionSource.find`."""
        token = self._tokens.read(credentials)
        if isinstance(token, Unanswered):
            return token
        if "\0" in token:
            # No row contains it, and PostgreSQL would refuse the query.
            raise InvalidSessionError("the token holds a NUL character")
        row = await self._row(token)
        if row is None:
            raise InvalidSessionError("the database knows no such session")
        return self._judge(token, row)

    async def _row(self, token: str) -> Row | None:
        begun = monotonic()
        try:
            with self.runtime.bound(self._timeout):
                for _ in range(_ATTEMPTS - 1):
                    try:
                        return await self._ask(token)
                    except TimeoutError:
                        raise
                    except Exception as error:
                        if monotonic() - begun >= self._timeout:
                            # After a time-out a pool or driver would wait once more.
                            raise
                        # A pooled connection may have been lost; nothing was written, so try another one.
                        logger.debug("Querying the database again: %s", type(error).__name__)
                return await self._ask(token)
        except TimeoutError:
            raise VerificationUnavailableError(
                f"the database did not answer within {self._timeout:g} seconds"
            ) from None
        except Exception as error:
            # Any exception of the driver.
            raise VerificationUnavailableError(f"the database cannot be asked: {type(error).__name__}") from None

    def _in_thread(self, reader: BlockingRowReader, token: str) -> Awaitable[Row | None]:
        return self.runtime.in_thread(lambda: reader.read(token))

    def _judge(self, token: str, row: Row) -> VerifiedSession:
        known = self._known(token)
        records = known.records
        if records is None or records[0] != row:
            try:
                records = row, *self._records_of(row)
            except (TypeError, ValueError, OverflowError, OSError):
                raise VerificationUnavailableError("the database's columns are not those of better-auth") from None
            known.records = None if _is_changeable(row) or bytes_of(row) > _MOST_BYTES_KNOWN else records
        _, session, user, ends_at = records
        if ends_at < self._clock.milliseconds():
            raise InvalidSessionError("the session has expired")
        return VerifiedSession(session, user, (), self.name)

    def _records_of(self, row: Row) -> tuple[Session, User, int]:
        split = len(self._session.names)
        session, user = self._session.of(row[:split]), self._user.of(row[split:])
        return Session.of(session), User.of(user), to_milliseconds(session["expiresAt"])


class _Known:
    """The last row of one token and its records, which are reused if the row is unchanged."""

    __slots__ = ("records",)

    def __init__(self) -> None:
        self.records: tuple[Row, Session, User, int] | None = None
        """The records, and the session's expiry in milliseconds since the epoch."""


class _Fields:
    """The fields of one record, in the order of its columns."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names: Final = tuple(names)
        self._conversions: Final = [(name, convert) for name in self.names if (convert := _converter(name))]

    def of(self, values: Sequence[Any]) -> dict[str, Any]:
        fields = dict(zip(self.names, values, strict=True))
        for name, convert in self._conversions:
            value = fields[name]
            if value is not None:
                fields[name] = convert(value)
        return fields


def _is_changeable(row: Row) -> bool:
    """Return whether a driver returned mutable values, which callers could change."""
    # Nearly always there are only the usual types, and checking for those at once takes a third of the time.
    return not _UNCHANGEABLE.issuperset(map(type, row)) and any(isinstance(value, _CHANGEABLE) for value in row)


def _columns(fields: Sequence[str], columns: str, given: Mapping[str, str]) -> dict[str, str]:
    named = {field: _snake(field) if columns == "snake_case" else field for field in fields}
    # The id is `id` in every layout, and comes last, as in better-auth's answers.
    identity = {"id": named.pop("id")}
    return {**named, **given, **identity}


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def _converter(name: str) -> _Convert | None:
    if name in _DATES:
        return _date
    if name == "emailVerified":
        return bool
    return str if name in {"id", "userId"} else _extra if name not in _SESSION and name not in _USER else None


def _date(value: Any) -> datetime:
    if type(value) is datetime:
        if value.tzinfo is None:
            return as_utc(value)
        # psycopg returns the time zone of the connection.
        return value if value.tzinfo is UTC else value.astimezone(UTC)
    seconds = type(value) in _NUMBERS and abs(value) < _FIRST_MILLISECOND
    return read_date(value * 1000 if seconds else value)


def _extra(value: Any) -> Any:
    """Return dates as aware and in UTC; other values unchanged."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value
