"""One call of one endpoint, over HTTP or in-process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.call_state import CallState
from betterauth_py.core.messages import Request
from betterauth_py.core.trusted_origins import trusted_origins_for
from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.options import Options
from betterauth_py.store.hooks import Row
from betterauth_py.urls.origins import matches_origin_pattern
from betterauth_py.wire.cookies import (
    Cookie,
    decode_leniently,
    parse_cookies,
    parse_cookies_strictly,
    read_signed_value,
    set_cookie,
    set_signed_cookie,
)
from betterauth_py.wire.errors import APIError
from betterauth_py.wire.headers import (
    RequestHeaders,
    ResponseHeaders,
    breaks_a_header,
    harmless_value,
)

Body = TypeVar("Body")
Query = TypeVar("Query")
SessionAndUser = tuple[Row, Row]


@dataclass(slots=True, kw_only=True)
class EndpointContext(Generic[Body, Query]):
    """One call of one endpoint, over HTTP or in-process."""

    auth: AuthContext
    path: str
    method: str
    request: Request | None
    """The request; None for an in-process call, which is trusted."""
    headers: RequestHeaders
    body: Body
    query: Query
    params: dict[str, str]
    has_headers: bool = True
    response_headers: ResponseHeaders = field(default_factory=ResponseHeaders)
    response_status: int | None = None
    session: SessionAndUser | None = None
    """The session and its user, once it has been read."""
    session_source: Literal["hook", "cache", "store"] = "hook"
    """Where the session comes from: a hook, the cookie cache (it may have ended since), or the database or storage."""
    new_session: SessionAndUser | None = None
    """The session that this call has started."""
    returned: Any = None
    """What the endpoint returned (or the `APIError` it raised), for hooks that run after it."""
    _state: CallState | None = None
    _base_url: str | None = None
    _cookies: dict[str, str] | None = None
    _trusted_origins: list[str] | None = None

    @property
    def options(self) -> Options:
        """The options."""
        return self.auth.options

    @property
    def state(self) -> CallState:
        """Values that hooks and endpoints keep for this call."""
        if self._state is None:
            self._state = CallState()
        return self._state

    @property
    def base_url(self) -> str:
        """The URL of all endpoints: from the option, or without one from the request.

        A hook may set it for this call, as the oauth-proxy plugin does.
        """
        if self._base_url is not None:
            return self._base_url
        origin = self.auth.base_origin or (self.auth.origin_of_request(self.request) if self.request else None)
        if origin is None:
            raise ConfigurationError("Option `base_url` is missing. Set it, or BETTER_AUTH_URL.")
        return f"{origin}{self.auth.base_path}"

    @base_url.setter
    def base_url(self, url: str) -> None:
        self._base_url = url

    async def dispatch(
        self,
        operation: str,
        *,
        body: Any = UNDEFINED,
        query: Any = UNDEFINED,
        params: Mapping[str, str] | None = None,
        method: str | None = None,
        request: Request | None = None,
        response_headers: ResponseHeaders | None = None,
    ) -> Any:
        """Run another endpoint for the same client, with its hooks, guards and schemas; return its answer.

        It sees this call's request (or `request`), headers, session and state. Headers and cookies that it sets are set
        on this answer (or in `response_headers`); a session that it starts becomes this call's `new_session`.

        Raises:
            APIError: the endpoint's.
            LookupError: if there is no such operation.
        """
        dispatcher = self.auth.dispatcher
        if dispatcher is None:
            raise RuntimeError("No endpoint can be dispatched before the auth is assembled.")
        endpoint = dispatcher.endpoint_of(operation)
        inner = EndpointContext(
            auth=self.auth,
            path=endpoint.path or "virtual:",
            method=method or endpoint.methods[0],
            request=self.request if request is None else request,
            headers=self.headers,
            body=body,
            query=query,
            params=dict(params or {}),
            has_headers=self.has_headers,
            response_headers=self.response_headers if response_headers is None else response_headers,
            session=self.session,
            session_source=self.session_source,
            _state=self.state,
            _base_url=self._base_url,
        )
        answer = await dispatcher.dispatch(endpoint, inner)
        self.session, self.session_source = inner.session, inner.session_source
        self.new_session = inner.new_session or self.new_session
        if isinstance(answer, APIError):
            raise answer
        return answer

    def set_header(self, name: str, value: str) -> None:
        """Set a header of the answer; characters that would break its line are percent-encoded."""
        self.response_headers.set(name, harmless_value(value))

    def expose_header(self, name: str) -> None:
        """Add a header to `Access-Control-Expose-Headers`, so that pages of other origins may read it."""
        self.response_headers.expose(name)

    def pending_cookie(self, name: str) -> str | None:
        """Return the value of a cookie that this answer sets so far, as sent (signed ones with signature), or None.

        A cookie that the answer expires has the value "".
        """
        return self.pending_cookies().get(name)

    def pending_cookies(self, prefix: str = "") -> dict[str, str]:
        """Return the cookies that this answer sets so far whose names begin with `prefix`, by their names."""
        pairs = (cookie.partition(";")[0].partition("=") for cookie in self.response_headers.cookies)
        return {name: decode_leniently(value) for name, _, value in pairs if name.startswith(prefix)}

    def cookies(self, prefix: str = "") -> dict[str, str]:
        """Return the request's cookies whose names begin with `prefix`, by their names."""
        return {name: value for name, value in self._request_cookies().items() if name.startswith(prefix)}

    def get_cookie(self, name: str) -> str | None:
        """Return a cookie's value, or None if it is missing or empty."""
        return self._request_cookies().get(name) or None

    def get_signed_cookie(self, cookie: Cookie) -> str | None:
        """Return the value of a cookie with a valid signature, or None."""
        return read_signed_value(self._request_cookies().get(cookie.name), self.auth.secrets.current)

    def strict_cookies(self) -> dict[str, str]:
        """Return the cookies as better-auth's own parser reads them; used for chunked cookies."""
        return parse_cookies_strictly(self.headers.value("cookie") or "")

    def set_cookie(self, cookie: Cookie, value: str) -> None:
        """Set an unsigned cookie."""
        self.response_headers.add_cookie(set_cookie(cookie.name, value, cookie.attributes))

    def set_signed_cookie(self, cookie: Cookie, value: str, *, max_age: int | None) -> None:
        """Set a signed cookie that lives `max_age` seconds, or as long as the browser session."""
        self.response_headers.add_cookie(
            set_signed_cookie(cookie.name, value, self.auth.secrets.current, cookie.attributes.with_max_age(max_age))
        )

    def expire_cookie(self, cookie: Cookie) -> None:
        """Expire a cookie in the browser, and drop a value set earlier in this answer."""
        self.response_headers.remove_cookie(cookie.name)
        self.set_cookie(Cookie(cookie.name, cookie.attributes.with_max_age(0)), "")

    def client_ip(self) -> str | None:
        """Return the client's address, if one can be trusted."""
        peer = self.request.peer if self.request is not None else None
        return self.auth.client_ip.resolve(self.headers, peer) if self.has_headers else None

    @property
    def is_in_process(self) -> bool:
        """Whether code in this process calls for itself: without a request, and without a client's headers."""
        return self.request is None and not self.has_headers

    def replace_headers(self, headers: RequestHeaders) -> None:
        """Replace the request headers, cookies included, that the endpoint sees."""
        self.headers = headers
        self.has_headers = True
        self._cookies = None

    async def trusted_origins(self) -> list[str]:
        """Return the origins that this request may come from."""
        if self._trusted_origins is None:
            self._trusted_origins = await trusted_origins_for(self.auth, self.request)
        return self._trusted_origins

    async def is_trusted_url(self, url: str, *, allow_relative_paths: bool = True) -> bool:
        """Return whether a redirect to `url` stays with trusted origins."""
        # Refuse what no Location header can carry; better-auth answers 500, after it has created the session.
        origins = [] if breaks_a_header(url) else await self.trusted_origins()
        return any(matches_origin_pattern(url, origin, allow_relative_paths=allow_relative_paths) for origin in origins)

    def _request_cookies(self) -> dict[str, str]:
        if self._cookies is None:
            if self.request is not None and self.headers is self.request.headers:
                self._cookies = self.request.cookies
            else:
                self._cookies = parse_cookies(self.headers.value("cookie") or "")
        return self._cookies
