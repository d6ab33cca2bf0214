"""The call of an endpoint that the running task works for."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Any

_current: ContextVar[Any] = ContextVar("endpoint_context", default=None)


def current_endpoint_context() -> Any:
    """Return the `EndpointContext` of the endpoint that is running, or None outside of one."""
    return _current.get()


def enter_endpoint(context: Any) -> Token[Any]:
    """Say which endpoint the running task works for now; `leave_endpoint` takes what this returns."""
    return _current.set(context)


def leave_endpoint(token: Token[Any]) -> None:
    """Say that the task works for the endpoint again that it worked for before."""
    _current.reset(token)
