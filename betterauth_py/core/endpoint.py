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
    """A successful answer, for OpenAPI."""

    description: str
    schema: Mapping[str, Any]
    media_type: str = "application/json"
    """The media type of JSON, such as `application/scim+json`."""
    status: int = 200
    """The status, unless the handler sets `ctx.response_status`; 204 and redirects have no body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint(Generic[Body, Query]):
    """One operation of the API."""

    operation: str
    """The name of the in-process call, such as `sign_in_email`."""
    operation_id: str
    """The name in OpenAPI: better-auth's."""
    path: str | None
    """The path below the base path; None for an endpoint without a URL."""
    methods: tuple[str, ...]
    """HTTP methods; in-process calls use the first."""
    security: Guard
    """Who may call it."""
    handler: Callable[[EndpointContext[Body, Query]], Awaitable[Any]]
    """The function that runs. What it returns is sent as JSON, unless it is a `Response`."""
    summary: str
    """One sentence that describes it."""
    reply: Reply
    """The successful answer."""
    other_replies: Sequence[Reply] = ()
    """Other successful answers, chosen by the handler with `ctx.response_status`."""
    errors: Sequence[tuple[int, ErrorCode]] = ()
    """The errors it can answer with."""
    body: Schema | None = None
    """The body's schema."""
    query: Schema | None = None
    """The query's schema."""
    media_types: tuple[str, ...] = JSON_ONLY
    """The content types that a body may have."""
    reads_body: bool = True
    """Whether it uses a body. If not, the body is not read and its media type not checked."""
    takes_image: bool = False
    """Whether a body may contain a user's image (a data URL): its limit is `advanced.max_image_body_size`."""
    no_store: bool = True
    """Whether the answer has `Cache-Control: no-store`, because it may contain a token or a session."""
    replaces: str | None = None
    """The core operation that it replaces, such as `get_session`; `core_endpoint` returns the replaced endpoint."""
    alias_of: str | None = None
    """The path that it is an alias of: disabling that path disables this one too."""
    redirect_parameters: Sequence[str | tuple[str, ErrorCode]] = ()
    """The query parameters with the targets of a GET's redirects; each must stay on trusted origins. Others are refused
    with INVALID_CALLBACK_URL, or with the error given for the parameter."""
    checks_origin: bool = True
    """Whether requests with cookies must come from a trusted origin. Off for endpoints that other servers or foreign
    pages post to and that authenticate the sender otherwise: webhooks, SAML's endpoints, token endpoints."""
    takes_raw_body: bool = False
    """Whether `ctx.body` is the raw bytes of the body, of any media type, to verify a signature."""
    shape_error: Callable[[APIError], APIError] | None = None
    """Converts errors from `{code, message}` into another shape, such as OAuth's or SCIM's; also those of earlier
    checks."""
    at_root: bool = False
    """Whether `path` starts at the root of the server instead of the base path: `/.well-known/...`. HEAD is answered as
    GET without the body, other methods with 405 and `Allow`."""
    requires_headers: bool = False
    """Whether an in-process call must pass headers (for the cookie)."""
    shown_to_clients: bool = True
    """Whether the JavaScript client has a method for it."""
    tags: tuple[str, ...] = ()
    """Groups in OpenAPI. Empty: the plugin, or for the core the module."""


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
