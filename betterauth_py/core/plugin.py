"""What a plugin can do. The core uses the same mechanism for its own endpoints, tables and rules."""

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
    from betterauth_py.wire.errors import ErrorCodes


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A function around endpoints: around all of them, or those that `paths`, `prefixes` and `matcher` pick.

    Give paths wherever they are known: a hook costs nothing then at other endpoints, and a `matcher` is asked at every
    call of those it may pick. Paths are as endpoints declare them (`/callback/:id`).
    """

    handler: Callable[[EndpointContext[Any, Any]], Awaitable[Any]]
    """What is done. Before an endpoint, what it returns answers, but for `{"context": {...}}`, which changes what the
    endpoint sees; after it, what it returns takes the answer's place."""
    paths: Collection[str] = ()
    """The endpoints it is for, by their paths."""
    prefixes: tuple[str, ...] = ()
    """The endpoints it is for besides, by the beginnings of their paths."""
    optional: bool = False
    """Whether there may be no endpoint at its `paths` and `prefixes`: those of a plugin that may be off. Otherwise a
    path that no endpoint has stops the start."""
    matcher: Callable[[EndpointContext[Any, Any]], bool] | None = None
    """Picks calls among those of these endpoints. None: all of them."""

    def touches(self, path: str | None) -> bool:
        """Return whether calls of the endpoint at `path` (None: it has no path) may be picked."""
        if not self.paths and not self.prefixes:
            return True
        return path is not None and (path in self.paths or path.startswith(self.prefixes))


@dataclass(frozen=True, kw_only=True)
class PathRule:
    """A rate limit for those paths that `matcher` picks."""

    matcher: Callable[[str], bool]
    rule: RateLimitRule


@dataclass(frozen=True, kw_only=True)
class Plugin(NamedPlugin):
    """A part of the server that can be added: declarations first, code in the functions they name."""

    options: Any = None
    """Its options, for other plugins and for people who ask; `plugin_factory` keeps them here."""
    requires: Sequence[str] = ()
    """Ids of plugins that must be on. They come before this one, wherever they stand in the configuration."""
    ordered_after: Sequence[str] = ()
    """Ids of plugins that come before this one if they are on."""
    endpoints: Sequence[Endpoint[Any, Any]] = ()
    """Endpoints; one that takes the place of the core's says so with `replaces`."""
    schema: Mapping[str, Model] = field(default_factory=dict)
    """Its own tables, by model name; fields given for a core table become columns of it."""
    columns: Mapping[str, Mapping[str, Field]] = field(default_factory=dict)
    """Columns of tables of other plugins or of the core, by model name and wire name."""
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
    mails: Sequence[MailKind] = ()
    """The mails that it sends; `flows.mails.send_mail` sends them."""
    extension_points: Sequence[ExtensionPoint[Any]] = ()
    """What other plugins may add to."""
    extends: Sequence[Extension] = ()
    """What it adds to other plugins, made by `ExtensionPoint.add`; no effect while the other plugin is off."""
    setup: Callable[[AuthContext], Contributions] | None = None
    """Called once when the auth is assembled, after the plugins it requires; returns what depends on the auth."""
    start: Callable[[AuthContext], Awaitable[None]] | None = None
    """Awaited before the first request, once the database is there. What it raises stops the start."""
    stop: Callable[[AuthContext], Awaitable[None]] | None = None
    """Awaited after the last request, in the reverse order, if `start` has been."""
