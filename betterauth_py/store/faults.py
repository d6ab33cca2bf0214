"""Classifies failures of the database (a refused value, a fault, an outage) and logs each in one line."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any, Final

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from betterauth_py.errors import DatabaseError, DatabaseUnavailableError
from betterauth_py.log_throttle import LogThrottle

logger = logging.getLogger("betterauth")

# SQLSTATE classes: data exceptions and integrity constraints concern the row.
_OF_THE_ROW: Final = ("22", "23")
# Connections, a deadlock or a conflict that rolled back, resources, a lock not to be had, an operator's intervention.
_OF_A_MOMENT: Final = ("08", "40", "53", "55P03", "57")
_PRIMARY_CODE: Final = 0xFF
_SECONDS_BETWEEN_LINES: Final = 1.0
_MOST_CAUSES: Final = 100
_POOLER_HINT: Final = (
    ". A transaction-mode pooler seems to stand between: set the option `database.pooled` to true, or give "
    "`database.url` the direct host"
)
_Failure = SQLAlchemyError | asyncpg.PostgresError | asyncpg.InterfaceError | sqlite3.Error | DatabaseError


def is_refusal(error: DBAPIError) -> bool:
    """Return whether the row's values caused it: a constraint, a type, a length."""
    driver = _driver_error(error)
    if isinstance(driver, sqlite3.Error):
        # A trigger's RAISE counts as a constraint there.
        raised = getattr(driver, "sqlite_errorcode", 0) == sqlite3.SQLITE_CONSTRAINT_TRIGGER
        return isinstance(driver, sqlite3.IntegrityError | sqlite3.DataError) and not raised
    return isinstance(driver, asyncpg.DataError) or _sqlstate(driver).startswith(_OF_THE_ROW)


def is_stale_plan(error: BaseException) -> bool:
    """Return whether a prepared statement's schema has changed; nothing was done, and a new statement works."""
    return isinstance(
        _driver_error(error), asyncpg.InvalidCachedStatementError | asyncpg.exceptions.OutdatedSchemaCacheError
    )


def is_fault(error: BaseException) -> bool:
    """Return whether the database failed, rather than the statement."""
    return isinstance(error, _Failure)


def is_outage(error: BaseException) -> bool:
    """Return whether the same request may succeed in a moment."""
    driver = _driver_error(error)
    if isinstance(driver, sqlite3.Error):
        return getattr(driver, "sqlite_errorcode", 0) & _PRIMARY_CODE in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    gone = DatabaseUnavailableError | PoolTimeoutError | asyncpg.InterfaceError | OSError
    return isinstance(driver, gone) or _sqlstate(driver).startswith(_OF_A_MOMENT)


def reason_of(error: BaseException) -> str:
    """Return the failure in one line, without the values that were sent."""
    driver = _driver_error(error)
    if isinstance(driver, DatabaseError):
        return str(driver).rstrip(".")
    state = _sqlstate(driver)
    line = str(driver).partition("\n")[0].partition("[SQL")[0].strip().rstrip(".")
    stale = isinstance(driver, asyncpg.DuplicatePreparedStatementError | asyncpg.InvalidSQLStatementNameError)
    shown = f"{type(driver).__name__}{f' ({state})' if state else ''}{f': {line}' if line else ''}"
    return shown + (_POOLER_HINT if stale else "")


def refusal_of(error: DBAPIError) -> str:
    """Return why a row was refused, without its values: the condition, and the constraint where it is one."""
    driver = _driver_error(error)
    constraint = getattr(driver, "constraint_name", None)
    return type(driver).__name__ + (f" of {constraint}" if constraint else "")


class FaultLog:
    """One line a second for each cause, however many requests fail of it."""

    def __init__(self) -> None:
        """Start without logged faults."""
        self._throttle = LogThrottle(seconds=_SECONDS_BETWEEN_LINES, most=_MOST_CAUSES)

    def log(self, error: BaseException) -> None:
        """Log the fault, unless one of its cause was logged in the last second; then it is counted."""
        driver = _driver_error(error)
        cause = type(driver).__name__, _sqlstate(driver)
        unsaid = self._throttle.lines_left_out(cause)
        if unsaid is None:
            return
        more = f" ({unsaid} more of this kind since the last line)" if unsaid else ""
        details = error if logger.isEnabledFor(logging.DEBUG) else None
        logger.error("Database fault: %s%s", reason_of(error), more, exc_info=details)


def _driver_error(error: BaseException) -> Any:
    """Return what the driver itself raised."""
    if not isinstance(error, DBAPIError):
        return error
    driver = error.orig
    # SQLAlchemy's adapter for asyncpg raises errors of its own from the driver's.
    cause = getattr(driver, "__cause__", None)
    return cause if isinstance(cause, asyncpg.PostgresError | asyncpg.InterfaceError | OSError) else driver


def _sqlstate(driver: Any) -> str:
    state = getattr(driver, "sqlstate", None)
    return state if isinstance(state, str) else ""
