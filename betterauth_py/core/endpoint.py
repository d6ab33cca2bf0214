"""An endpoint is one value: it serves HTTP, the in-process call and OpenAPI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from betterauth_py.wire.errors import ErrorCode
from betterauth_py.wire.validation import Schema

if TYPE_CHECKING:
    from betterauth_py.core.context import EndpointContext

Body = TypeVar("Body")
Query = TypeVar("Query")

JSON_ONLY = ("application/json",)
FORM_OR_JSON = ("application/x-www-form-urlencoded", "application/json")


class Security(Enum):
    """Who may call an endpoint."""

    PUBLIC = "public"
    """Anybody. Requests that carry cookies and change something still have their origin checked."""
    SAME_ORIGIN = "same origin"
    """Anybody, but a browser only from a trusted origin, cookies or not: the sign-in forms."""
    SESSION = "session"
    """Whoever is signed in; a session that the cookie cache vouches for is looked up as well."""
    SENSITIVE_SESSION = "sensitive session"
    """Whoever is signed in. The cookie cache is not read but made anew, and the session prolonged if that is due."""
    FRESH_SESSION = "fresh session"
    """Whoever has signed in recently."""
    SERVER_ONLY = "server only"
    """Code in this process; there is no URL."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The good answer, for OpenAPI."""

    description: str
    schema: Mapping[str, Any]
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Generic[Body, Query]):
    """One operation of the API."""

    operation: str
    """The name of the in-process call, such as `sign_in_email`."""
    operation_id: str
    """The name in OpenAPI: better-auth's."""
    path: str | None
    """The path under the base path; None for one without a URL."""
    methods: tuple[str, ...]
    """HTTP methods; the first is that of in-process calls."""
    security: Security
    """Who may call it."""
    handler: Callable[[EndpointContext[Body, Query]], Awaitable[Any]]
    """What it does. What it returns is the JSON answer, unless it is a `Response`."""
    summary: str
    """One sentence about it."""
    reply: Reply
    """The good answer."""
    errors: Sequence[tuple[int, ErrorCode]] = ()
    """The errors it can answer with."""
    body: Schema | None = None
    """What the body must look like."""
    query: Schema | None = None
    """What the query must look like."""
    media_types: tuple[str, ...] = JSON_ONLY
    """Content types a body may have."""
    reads_body: bool = True
    """Whether it looks at a body at all; of one that does not, nothing is read and no media type is wrong."""
    takes_image: bool = False
    """Whether a body may be as large as a user's image (a data URL) makes it: `advanced.max_image_body_size`."""
    no_store: bool = True
    """Whether caches must not keep the answer: it may hold a token or a session."""
    alias_of: str | None = None
    """The path it stands beside: who disables that one disables it too."""
    redirect_parameter: str | None = None
    """The query parameter that says where a GET redirects to: it must stay on trusted origins."""
    requires_headers: bool = False
    """Whether an in-process call must bring headers (for the cookie)."""
    shown_to_clients: bool = True
    """Whether the JavaScript client has a method for it."""
    tags: tuple[str, ...] = ()
    """Groups in OpenAPI; none for that of its plugin, or of its module in the core."""


def endpoint(
    path: str | None,
    *,
    methods: tuple[str, ...],
    security: Security,
    operation_id: str,
    reply: Reply,
    **declarations: Any,
) -> Callable[[Callable[[EndpointContext[Body, Query]], Awaitable[Any]]], Endpoint[Body, Query]]:
    """Turn a function into an endpoint; its name is the operation, its docstring's first line the summary."""

    def declare(handler: Callable[[EndpointContext[Body, Query]], Awaitable[Any]]) -> Endpoint[Body, Query]:
        return Endpoint(
            operation=handler.__name__,
            operation_id=operation_id,
            path=path,
            methods=methods,
            security=security,
            handler=handler,
            summary=(handler.__doc__ or "").strip().split("\n")[0],
            reply=reply,
            **declarations,
        )

    return declare
