"""Tells a process which sessions and users have changed: triggers that NOTIFY on every write, and a listener.

Staleness is bounded not by the speed of notifications but by a proof that they arrive: a query over the listening
connection is answered after all notifications of what was committed before the query. Cached sessions are served only
for `max_staleness` seconds after the start of the last query that was answered.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from secrets import token_hex
from time import monotonic
from typing import Any, Final

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from betterauth_py.errors import ConfigurationError, DatabaseError
from betterauth_py.models.schema import Schema
from betterauth_py.options import Options
from betterauth_py.store.database import Database, logger
from betterauth_py.store.engine import connect_postgresql
from betterauth_py.store.sessions.cache import SessionCache
from betterauth_py.store.sessions.statement import quoted

CHANNEL: Final = "betterauth_session_changes"
FUNCTION: Final = CHANNEL
_EVENTS: Final = ("update", "delete", "truncate")
_MODELS: Final = ("session", "user")
_PROBE: Final = "probe:"
_RETRY_SECONDS: Final = 1.0
_QUESTIONS_PER_BOUND: Final = 3
_FAILURES: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, OSError, TimeoutError)
_MIGRATE: Final = "Run `betterauth migrate` with `session.memory_cache.enabled`, or turn that option off."
# Any database user may listen, so a notification names ids, never a token. Too many ids, or ids too long for one
# notification, mean that everything has changed.
_FUNCTION_SQL: Final = """\
CREATE OR REPLACE FUNCTION betterauth_session_changes() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    PERFORM pg_notify('betterauth_session_changes', '*');
  ELSIF (SELECT count(*) > 100 OR max(length(id::text)) > 200 FROM gone) THEN
    PERFORM pg_notify('betterauth_session_changes', '*');
  ELSE
    PERFORM pg_notify('betterauth_session_changes', TG_ARGV[0] || ':' || id::text) FROM gone;
  END IF;
  RETURN NULL;
END
$function$"""


def refuse_impossible_cache(options: Options, database: Database) -> None:
    """Stop the start if `session.memory_cache` is on but cannot be kept up to date.

    Raises:
        ConfigurationError: naming the option, the problem and the fix.
    """
    cache = options.session.memory_cache
    if cache.max_entries < 1:
        raise ConfigurationError("Option `session.memory_cache.max_entries` must be at least 1.")
    if cache.max_staleness <= 0:
        raise ConfigurationError("Option `session.memory_cache.max_staleness` must be more than 0 seconds.")
    if not cache.enabled:
        return
    problem = None
    if database.url.dialect != "postgresql":
        problem = "SQLite has no notifications. Use PostgreSQL, or turn the option off; SQLite is read in this process."
    elif database.pooled:
        problem = (
            "behind a transaction-mode pooler nobody can LISTEN. Give `database.url` the direct host (at Neon the one "
            "without `-pooler`), or turn the option off."
        )
    elif "," in database.url.host:
        problem = (
            "of several hosts, one could be read that is behind the one that notifies. Give `database.url` the primary "
            "alone, or turn the option off."
        )
    elif options.secondary_storage is not None:
        problem = "with `secondary_storage` sessions are not read from the database. Use one of the two."
    if problem:
        raise ConfigurationError(f"Option `session.memory_cache.enabled`: {problem}")


def trigger_statements(schema: Schema) -> list[str]:
    """Return the DDL of the triggers on the tables of sessions and users; it can run repeatedly."""
    statements = [_FUNCTION_SQL]
    for model in _MODELS:
        table = quoted(schema.table_name(model))
        for event in _EVENTS:
            trigger = f"{FUNCTION}_{event}"
            gone = "" if event == "truncate" else " REFERENCING OLD TABLE AS gone"
            statements += [
                f"DROP TRIGGER IF EXISTS {trigger} ON {table}",
                f"CREATE TRIGGER {trigger} AFTER {event.upper()} ON {table}{gone} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}('{model}')",
                # Fire in replication and restore sessions too, which skip ordinary triggers.
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}",
            ]
    return statements


def missing_triggers_query(schema: Schema) -> str:
    """Return the query for the tables that lack a trigger."""
    tables = ", ".join(_literal(quoted(schema.table_name(model))) for model in _MODELS)
    triggers = ", ".join(f"'{FUNCTION}_{event}'" for event in _EVENTS)
    # Only names that the service configured, quoted.
    return (
        f"SELECT name FROM unnest(ARRAY[{tables}]) AS name WHERE {len(_EVENTS)} > (SELECT count(*) "  # noqa: S608
        "FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid "
        f"WHERE t.tgrelid = to_regclass(name) AND t.tgname IN ({triggers}) AND p.proname = '{FUNCTION}' "
        "AND t.tgenabled = 'A')"
    )


class SessionChanges:
    """Listens on a dedicated connection, and tells the cache when notifications are not reliable."""

    def __init__(self, database: Database, cache: SessionCache, max_staleness: float) -> None:
        """Tell `cache` what changes in `database`; an answered query is trusted for at most `max_staleness` seconds."""
        self._database = database
        self._cache = cache
        self._max_staleness = max_staleness
        self._missing_triggers = missing_triggers_query(database.schema)
        self._probes: dict[str, asyncio.Event] = {}
        self._task: asyncio.Task[None] | None = None
        # Belongs to the event loop that calls `open`.
        self._ask_now: asyncio.Event

    async def open(self) -> None:
        """Start listening.

        Raises:
            DatabaseError: if the database cannot be reached, lacks the triggers, or no notification arrives.
        """
        if self._task is not None:
            return
        self._ask_now = asyncio.Event()
        connection = await self._listen()
        self._database.on_session_change = self._doubt
        self._task = asyncio.create_task(self._work(connection))

    async def close(self) -> None:
        """Stop listening."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            self._database.on_session_change = None

    def _doubt(self) -> None:
        """Distrust the cache until the next answered query, because this process has changed something."""
        self._cache.distrust()
        self._ask_now.set()

    async def _work(self, connection: asyncpg.Connection[Any]) -> None:
        while True:
            try:
                await self._follow(connection)
            except Exception as error:
                logger.warning(
                    "Changes of sessions are not heard of: sessions are read from the database meanwhile (%s)",
                    str(error) or type(error).__name__,
                )
            finally:
                self._hang_up(connection)
            connection = await self._listen_again()
            logger.info("Changes of sessions are heard of again")

    async def _follow(self, connection: asyncpg.Connection[Any]) -> None:
        """Query repeatedly until an answer fails to come."""
        self._cache.open()
        while True:
            self._ask_now.clear()
            asked = monotonic()
            await self._ask(connection)
            if self._ask_now.is_set():
                # Something was committed after the query; its notification may arrive after the answer.
                continue
            self._cache.trust(asked + self._max_staleness)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._max_staleness / _QUESTIONS_PER_BOUND):
                    await self._ask_now.wait()

    async def _ask(self, connection: asyncpg.Connection[Any]) -> None:
        incomplete = await connection.fetch(self._missing_triggers)
        if incomplete:
            tables = ", ".join(row["name"] for row in incomplete)
            raise DatabaseError(f"The database has not the triggers that tell of changes of {tables}. {_MIGRATE}")

    async def _listen_again(self) -> asyncpg.Connection[Any]:
        while True:
            await asyncio.sleep(_RETRY_SECONDS)
            # The reason was logged when listening first failed; no failure may end the retries.
            with suppress(Exception):
                return await self._listen()

    async def _listen(self) -> asyncpg.Connection[Any]:
        """Return a connection over which notifications have been proven to arrive."""
        options = self._database.options
        connection = await connect_postgresql(
            self._database.url, options, pooled=False, command_timeout=self._max_staleness
        )
        try:
            await connection.add_listener(CHANNEL, self._hear)
            connection.add_termination_listener(self._lose)
            await self._ask(connection)
            await self._prove_hearing()
        except BaseException as error:
            connection.terminate()
            await asyncio.sleep(0)
            if isinstance(error, _FAILURES):
                reason = str(error) or type(error).__name__
                raise DatabaseError(f"Option `session.memory_cache`: the database cannot LISTEN: {reason}") from error
            raise
        return connection

    async def _prove_hearing(self) -> None:
        """Notify over another connection: a pooler in between could drop notifications.

        Raises:
            DatabaseError: if the notification does not arrive.
        """
        name = f"{_PROBE}{token_hex(8)}"
        heard = self._probes[name] = asyncio.Event()
        try:
            await self._database.execute(select(func.pg_notify(CHANNEL, name)))
            async with asyncio.timeout(self._max_staleness):
                await heard.wait()
        except TimeoutError:
            raise DatabaseError(
                "Option `session.memory_cache.enabled`: notifications of the database do not arrive, as behind a "
                "transaction-mode pooler. Give `database.url` the database's own host and port, or turn the option off."
            ) from None
        finally:
            del self._probes[name]

    def _hear(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        name = str(payload)
        if not name.startswith(_PROBE):
            self._cache.forget(name)
        elif name in self._probes:
            self._probes[name].set()

    def _lose(self, _connection: object) -> None:
        """Handle the loss of the connection, as the operating system reports it."""
        self._cache.close()
        self._ask_now.set()

    def _hang_up(self, connection: asyncpg.Connection[Any]) -> None:
        self._cache.close()
        connection.remove_termination_listener(self._lose)
        connection.terminate()


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
