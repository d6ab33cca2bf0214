"""Writes security events into the log."""

from __future__ import annotations

import logging
from typing import Final

from betterauth_py.core.messages import Request
from betterauth_py.log import new_request_id
from betterauth_py.security_events import SecurityEvent

logger = logging.getLogger("betterauth.security")

_WARNINGS: Final = {
    SecurityEvent.SIGN_IN_FAILED,
    SecurityEvent.PASSWORD_REJECTED,
    SecurityEvent.SECOND_FACTOR_REJECTED,
    SecurityEvent.SECOND_FACTOR_LOCKED,
    SecurityEvent.RATE_LIMITED,
}


def log_event(event: SecurityEvent, text: str | None = None, **fields: str | None) -> None:
    """Log an event with its fields; `text` is the message for people, by default the fields."""
    known = {name: value for name, value in fields.items() if value is not None}
    if text is None:
        shown = (f"{name}={value}" for name, value in known.items() if name != "request_id")
        text = " ".join((event.value, *shown))
    level = logging.WARNING if event in _WARNINGS else logging.INFO
    logger.log(level, "%s", text, extra={"fields": {"event": event.value, **known}})


def id_of(request: Request) -> str:
    """Return the request's id in the log; set it if it has none yet."""
    named: str | None = getattr(request, "id", None)
    if named is None:
        named = request.id = new_request_id(None)
    return named
