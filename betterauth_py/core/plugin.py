"""What a plugin declares. The core declares its own endpoints, tables and rules in the same way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from betterauth_py.core.extensions import Extension, ExtensionPoint
from betterauth_py.options.plugin import NamedPlugin

if TYPE_CHECKING:
    from betterauth_py.core.auth_context import AuthContext
    from betterauth_py.core.context import EndpointContext
    from betterauth_py.core.contributions import Contributions
    from betterauth_py.core.endpoint import Endpoint
    from betterauth_py.core.messages import Request, Response
    from betterauth_py.mail.kinds import MailKind
    from betterauth_py.models.fields import Field, Model
    from betterauth_py.options.hooks import DatabaseHooksOptions
    from betterauth_py.options.rate_limit import RateLimitRule
    from betterauth_py.sms.kinds import SmsKind
    from betterauth_py.wire.errors import ErrorCode, ErrorCodes


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A function around all endpoints, or around those selected by `paths`, `prefixes` and `matcher`.

    Name paths if you know them: the hook then costs other endpoints nothing, while a `matcher` runs at every call of
    the endpoints it may select. Paths are written as endpoints declare them (`/callback/:id`).
    """

    handler: Callable[[EndpointContext[Any, Any]], Awaitable[Any]]
    """The function. What it returns before an endpoint becomes the answer, except `{"context": {...}}`, which changes
    what the endpoint sees; what it returns after an endpoint replaces the answer."""
    paths: Collection[str] = ()
    """Paths of the endpoints."""
    prefixes: tuple[str, ...] = ()
    """Prefixes of the paths of further endpoints."""
    optional: bool = False
    """Whether `paths` and `prefixes` may belong to a plugin that is off. Otherwise a path without an endpoint stops the
    start."""
    matcher: Callable[[EndpointContext[Any, Any]], bool] | None = None
    """Selects among the calls of these endpoints. None: all of them."""
    errors_only: bool = False
    """Whether a hook of `after` runs only where `ctx.returned` is an `APIError`: it then costs other calls nothing."""

    def touches(self, path: str | None) -> bool:
        """Return whether calls of the endpoint at `path` (None: it has no path) may be selected."""
        if not self.paths and not self.prefixes:
            return True
        return path is not None and (path in self.paths or path.startswith(self.prefixes))


@dataclass(frozen=True, kw_only=True)
class PathRule:
    """A rate limit for the paths that `matcher` accepts."""

    matcher: Callable[[str], bool]
    rule: RateLimitRule


@dataclass(frozen=True, kw_only=True)
class Plugin(NamedPlugin):
    """A part that extends the server, as a value: declarations, and the functions they refer to."""

    options: Any = None
    """Its options, readable by other plugins; `plugin_factory` sets them."""
    requires: Sequence[str] = ()
    """Ids of plugins that must be on. They run before this one, whatever their order in the configuration."""
    ordered_after: Sequence[str] = ()
    """Ids of plugins that run before this one if they are on."""
    endpoints: Sequence[Endpoint[Any, Any]] = ()
    """Its endpoints; one that replaces an endpoint of the core declares `replaces`."""
    schema: Mapping[str, Model] = field(default_factory=dict)
    """Its tables, by model name; fields given for a core table become columns of it."""
    columns: Mapping[str, Mapping[str, Field]] = field(default_factory=dict)
    """Columns it adds to tables of the core or of other plugins, by model name and wire name."""
    before: Sequence[Hook] = ()
    """Hooks before endpoints."""
    gives_session: bool = False
    """Whether hooks of `before` give calls their session: they run before those of all other plugins."""
    session_schemes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """How else than by the cookie requests bring their session: OpenAPI security schemes by name."""
    after: Sequence[Hook] = ()
    """Hooks after endpoints."""
    holds_back_sessions: bool = False
    """Whether hooks of `after` take back sessions that calls have started: they run before those of all other plugins,
    which would else answer with tokens of such a session."""
    on_request: Callable[[Request, AuthContext], Awaitable[Request | Response | None]] | None = None
    """Receives every request before routing; may replace or answer it."""
    on_response: Callable[[Response, AuthContext], Awaitable[Response | None]] | None = None
    """Receives every response; may replace it."""
    database_hooks: DatabaseHooksOptions | None = None
    """Functions around the changes of the core tables."""
    rate_limit: Sequence[PathRule] = ()
    """Rate limits."""
    error_codes: type[ErrorCodes] | None = None
    """Its errors."""
    added_errors: Mapping[str, Sequence[tuple[int, ErrorCode]]] = field(default_factory=dict)
    """Statuses and errors that its hooks and checks add to endpoints of others, by path; for OpenAPI."""
    mails: Sequence[MailKind] = ()
    """Its mails; `send_mail` sends them."""
    sms: Sequence[SmsKind] = ()
    """Its text messages; `send_sms` sends them."""
    extension_points: Sequence[ExtensionPoint[Any]] = ()
    """The points that other plugins may add to."""
    extends: Sequence[Extension] = ()
    """What it adds to other plugins, created with `ExtensionPoint.add`; without effect if the other plugin is off."""
    setup: Callable[[AuthContext], Contributions] | None = None
    """Called once when the auth is assembled, after the required plugins; returns contributions that need the auth."""
    longest_session: int = 0
    """Seconds for which sessions last that it starts with an end of their own."""
    start: Callable[[AuthContext], Awaitable[None]] | None = None
    """Awaited before the first request, when the database is available. An exception stops the start."""
    stop: Callable[[AuthContext], Awaitable[None]] | None = None
    """Awaited after the last request, in reverse order, if `start` has run."""
