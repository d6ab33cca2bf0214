"""What a plugin can do. The core uses the same mechanism for its own endpoints, tables and rules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from betterauth_py.options.plugin import NamedPlugin

if TYPE_CHECKING:
    from betterauth_py.core.auth_context import AuthContext
    from betterauth_py.core.context import EndpointContext
    from betterauth_py.core.endpoint import Endpoint
    from betterauth_py.core.messages import Request, Response
    from betterauth_py.models.fields import Model
    from betterauth_py.options.hooks import DatabaseHooksOptions
    from betterauth_py.options.rate_limit import RateLimitRule
    from betterauth_py.wire.errors import ErrorCodes


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A function around those endpoints that `matcher` picks."""

    matcher: Callable[[EndpointContext[Any, Any]], bool]
    handler: Callable[[EndpointContext[Any, Any]], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class PathRule:
    """A rate limit for those paths that `matcher` picks."""

    matcher: Callable[[str], bool]
    rule: RateLimitRule


@dataclass(frozen=True, kw_only=True)
class Plugin(NamedPlugin):
    """A part of the server that can be added: declarations first, code in the functions they name."""

    endpoints: Sequence[Endpoint[Any, Any]] = ()
    """Endpoints; one with the operation of an earlier one takes its place."""
    schema: Mapping[str, Model] = field(default_factory=dict)
    """Tables by model name; fields given for a core table become columns of it."""
    before: Sequence[Hook] = ()
    """Hooks before endpoints."""
    after: Sequence[Hook] = ()
    """Hooks after endpoints."""
    on_request: Callable[[Request, AuthContext], Awaitable[Request | Response | None]] | None = None
    """Sees every request before routing; may replace it or answer it."""
    on_response: Callable[[Response, AuthContext], Awaitable[Response | None]] | None = None
    """Sees every response; may replace it."""
    database_hooks: DatabaseHooksOptions | None = None
    """Functions around the changes of the core tables."""
    rate_limit: Sequence[PathRule] = ()
    """Rate limits."""
    error_codes: type[ErrorCodes] | None = None
    """Its errors."""
    init: Callable[[AuthContext], None] | None = None
    """Sees the assembled auth before the first request."""
