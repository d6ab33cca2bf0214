"""An endpoint is one value: it serves HTTP, the in-process call and OpenAPI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from betterauth_py.core.guard import Guard
from betterauth_py.wire.errors import APIError, ErrorCode
from betterauth_py.wire.validation import Schema

if TYPE_CHECKING:
    from betterauth_py.core.context import EndpointContext

Body = TypeVar("Body")
Query = TypeVar("Query")

JSON_ONLY = ("application/json",)
FORM_OR_JSON = ("application/x-www-form-urlencoded", "application/json")


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer, for OpenAPI."""

    description: str
    schema: Mapping[str, Any]
    media_type: str = "application/json"
    """What JSON is sent as, such as `application/scim+json`."""
    status: int = 200
    """The status that is sent unless the handler sets `ctx.response_status`; 204 has no body."""


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
    security: Guard
    """Who may call it."""
    handler: Callable[[EndpointContext[Body, Query]], Awaitable[Any]]
    """What it does. What it returns is the JSON answer, unless it is a `Response`."""
    summary: str
    """One sentence about it."""
    reply: Reply
    """The good answer."""
    other_replies: Sequence[Reply] = ()
    """Other good answers, which the handler chooses by `ctx.response_status`."""
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
    replaces: str | None = None
    """The core operation whose place it takes, such as `get_session`; `core_endpoint` has what was replaced."""
    alias_of: str | None = None
    """The path it stands beside: who disables that one disables it too."""
    redirect_parameters: Sequence[str | tuple[str, ErrorCode]] = ()
    """The query parameters that say where a GET redirects to: each must stay on trusted origins. One is refused with
    INVALID_CALLBACK_URL, or with the error that stands beside it."""
    checks_origin: bool = True
    """Whether requests with cookies must come from a trusted origin. Not for what other servers and the pages of other
    origins post to, and shows who sends it otherwise: webhooks, SAML's endpoints, token endpoints."""
    takes_raw_body: bool = False
    """Whether `ctx.body` is the body's bytes, of any media type: what a signature is over."""
    shape_error: Callable[[APIError], APIError] | None = None
    """Gives errors another shape than `{code, message}`: OAuth's, SCIM's. Gets those of the checks before it too."""
    at_root: bool = False
    """Whether `path` begins at the root of the server and not under the base path: `/.well-known/...`. HEAD is answered
    as GET without its body, other methods with 405 and `Allow`."""
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
    security: Guard,
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
