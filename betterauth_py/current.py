"""The call of an endpoint that the running task works for."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

_current: ContextVar[Any] = ContextVar("endpoint_context", default=None)


def current_endpoint_context() -> Any:
    """Return the `EndpointContext` of the endpoint that is running, or None outside of one."""
    return _current.get()


def set_current_endpoint_context(context: Any) -> None:
    """Say which endpoint the running task works for."""
    _current.set(context)
