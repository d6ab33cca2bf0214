"""The endpoint context that the running task works for."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from betterauth_py.http.context import EndpointContext

_current: ContextVar[Any] = ContextVar("endpoint_context", default=None)


def current_endpoint_context() -> EndpointContext[Any, Any] | None:
    """Return the context of the endpoint that is running, or None outside of one."""
    context: EndpointContext[Any, Any] | None = _current.get()
    return context


def set_current_endpoint_context(context: EndpointContext[Any, Any] | None) -> None:
    """Say which endpoint the running task works for."""
    _current.set(context)
