"""Structured logs: for people or as JSON, with request ids, without secrets."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.crypto.random import generate_id
from betterauth_py.options import LoggerOptions

_SANE_REQUEST_ID: Final = compile_pattern(r"[A-Za-z0-9._-]{1,64}")
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_access = logging.getLogger("betterauth.access")


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

    def format(self, record: logging.LogRecord) -> str:
        """Format `record`."""
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        request = f" [{_request_id.get()}]" if _request_id.get() else ""
        line = f"{time} {record.levelname.lower():<7} {record.getMessage()}{request}"
        if record.exc_info:
            line += f"\n{self.formatException(record.exc_info)}"
        return line


def configure_logging(options: LoggerOptions) -> None:
    """Send the records of this package and of uvicorn to standard error, as `options` say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONFormatter() if options.format == "json" else HumanFormatter())
    for name in ("betterauth", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [] if options.disabled else [handler]
        logger.propagate = False
        logger.setLevel(options.level.upper())
        logger.disabled = options.disabled
    # Uvicorn tells of its own start and stop; the command line has said what matters.
    logging.getLogger("uvicorn.error").setLevel("WARNING" if options.level == "info" else options.level.upper())


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
