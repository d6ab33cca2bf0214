"""Structured logs: for people or as JSON, with request ids, without secrets."""

from __future__ import annotations

import json
import logging
import os
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from inspect import iscoroutinefunction
from re import compile as compile_pattern
from typing import Any, Final
from weakref import finalize

from betterauth_py.crypto.random import generate_id
from betterauth_py.current import current_endpoint_context
from betterauth_py.errors import ConfigurationError
from betterauth_py.options import LoggerOptions

_SANE_REQUEST_ID: Final = compile_pattern(r"[A-Za-z0-9._-]{1,64}")
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_access = logging.getLogger("betterauth.access")
_COLORS: Final = {logging.DEBUG: 35, logging.INFO: 34, logging.WARNING: 33, logging.ERROR: 31, logging.CRITICAL: 31}
"""As better-auth's: magenta, blue, yellow, red."""
_LEVELS: Final = {logging.ERROR: "error", logging.WARNING: "warn", logging.INFO: "info", logging.NOTSET: "debug"}


class JSONFormatter(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Format `record`."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_request_fields(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry, default=str)


class HumanFormatter(logging.Formatter):
    """One line for people."""

    def __init__(self, *, colors: bool = False) -> None:
        """Write levels with the colours of a terminal, or without."""
        super().__init__()
        self._colors = _COLORS if colors else {}

    def format(self, record: logging.LogRecord) -> str:
        """Format `record`."""
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        request = f" [{_request_id.get()}]" if _request_id.get() else ""
        level = f"{record.levelname.lower():<7}"
        if record.levelno in self._colors:
            level = f"\x1b[{self._colors[record.levelno]}m{level}\x1b[0m"
        line = f"{time} {level} {record.getMessage()}{request}"
        if record.exc_info:
            line += f"\n{self.formatException(record.exc_info)}"
        return line


class FunctionHandler(logging.Handler):
    """Hands records to the function of the options, by better-auth's names of the levels."""

    def __init__(self, options: LoggerOptions) -> None:
        """Use the function `options.log`."""
        super().__init__(options.level.upper())
        self.options = options

    def emit(self, record: logging.LogRecord) -> None:
        """Call the function; if it fails, Python's logging reports that and the request goes on."""
        level = next(name for least, name in _LEVELS.items() if record.levelno >= least)
        error = record.exc_info[1] if record.exc_info else None
        fields = {**_request_fields(), **getattr(record, "fields", {})}
        try:
            if self.options.log is not None:
                self.options.log(level, record.getMessage(), *(detail for detail in (error, fields) if detail))
        except Exception:
            self.handleError(record)


class _Routes(logging.Handler):
    """Hands the records of embedded servers on, each to the function of the server whose call has logged it.

    Servers without `log` or `disabled` leave their records to the application's own logging.
    """

    def __init__(self) -> None:
        super().__init__()
        self._functions: list[FunctionHandler] = []
        self._before = (True, logging.NOTSET)

    def add(self, options: LoggerOptions) -> None:
        if self._knows(options):
            return
        package = logging.getLogger("betterauth")
        if not self._functions:
            self._before = (package.propagate, package.level)
            package.addHandler(self)
            package.propagate = False
        self._functions.append(FunctionHandler(options))
        package.setLevel(min(function.level for function in self._functions))

    def remove(self, options: LoggerOptions) -> None:
        if not self._knows(options):
            return
        self._functions = [function for function in self._functions if function.options is not options]
        if not self._functions:
            package = logging.getLogger("betterauth")
            package.removeHandler(self)
            package.propagate, level = self._before
            package.setLevel(level)

    def _knows(self, options: LoggerOptions) -> bool:
        return any(function.options is options for function in self._functions)

    def emit(self, record: logging.LogRecord) -> None:
        context = current_endpoint_context()
        options = context.auth.options.logger if context is not None else None
        if options is not None and not self._knows(options):
            # A server beside these, which has no function.
            root = logging.getLogger()
            if record.levelno >= (self._before[1] or root.level):
                root.callHandlers(record)
            return
        for function in self._functions:
            is_its_own = function.options is options or options is None
            if is_its_own and not function.options.disabled and record.levelno >= function.level:
                function.handle(record)


_routes = _Routes()


def route_logs(options: LoggerOptions, server: Any) -> None:
    """Log as `options` say until `leave_logs`, or as long as `server` lives, if they have a function or turn it off.

    Raises:
        ConfigurationError: if the function is an async one.
    """
    if iscoroutinefunction(options.log):
        raise ConfigurationError(
            "Option `logger.log` is an async function. Nobody awaits it: make it a plain function."
        )
    if options.log is not None or options.disabled:
        _routes.add(options)
        finalize(server, _routes.remove, options)


def leave_logs(options: LoggerOptions) -> None:
    """Leave the log to the application's own logging again."""
    _routes.remove(options)


def configure_logging(options: LoggerOptions) -> None:
    """Send the records of this package and of uvicorn to standard error or to a function, as `options` say."""
    handler: logging.Handler
    if options.log is not None:
        handler = FunctionHandler(options)
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_formatter(options))
    for name in ("betterauth", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [] if options.disabled else [handler]
        logger.propagate = False
        logger.setLevel(options.level.upper())
        logger.disabled = options.disabled
    # Uvicorn tells of its own start and stop; the command line has said what matters.
    logging.getLogger("uvicorn.error").setLevel("WARNING" if options.level == "info" else options.level.upper())


def _formatter(options: LoggerOptions) -> logging.Formatter:
    if options.format == "json":
        return JSONFormatter()
    if options.disable_colors is not None:
        return HumanFormatter(colors=not options.disable_colors)
    is_plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return HumanFormatter(colors=sys.stderr.isatty() and not is_plain)


def new_request_id(given: str | None) -> str:
    """Name the request that this task serves: by the id a proxy gave it, or a new one."""
    request_id = given if given and _SANE_REQUEST_ID.fullmatch(given) else generate_id(16)
    _request_id.set(request_id)
    return request_id


def log_access(method: str, path: str, status: int, seconds: float) -> None:
    """Log one request; `path` is its route's pattern, never what the client wrote, which may be a link with a token."""
    milliseconds = round(seconds * 1000, 2)
    fields = {"method": method, "path": path, "status": status, "milliseconds": milliseconds}
    _access.info("%s %s %d %.1f ms", method, path, status, milliseconds, extra={"fields": fields})


def _request_fields() -> dict[str, str]:
    request_id = _request_id.get()
    return {"request_id": request_id} if request_id else {}
