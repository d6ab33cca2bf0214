"""What an endpoint works with: the assembled auth, and one call of one endpoint."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from betterauth_py.awaiting import resolve
from betterauth_py.clock import Clock, now
from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.errors import ConfigurationError, SecondaryStorageError
from betterauth_py.http.auth_cookies import AuthCookies, CookieMaker
from betterauth_py.http.client_ip import ClientIpResolver
from betterauth_py.http.messages import Request
from betterauth_py.http.rate_limit import RateLimiter
from betterauth_py.http.trusted_origins import trusted_origins_for
from betterauth_py.models.schema import Schema
from betterauth_py.options import Options, SecondaryStorage
from betterauth_py.plugins.plugin import Plugin
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.accounts import Accounts
from betterauth_py.store.cleanup import Cleanup
from betterauth_py.store.database import Database
from betterauth_py.store.faults import is_fault
from betterauth_py.store.hooks import Row
from betterauth_py.store.rows import Rows
from betterauth_py.store.sessions import Sessions
from betterauth_py.store.users import Users
from betterauth_py.store.verifications import Verifications
from betterauth_py.wire.cookies import (
    Cookie,
    parse_cookies,
    parse_cookies_strictly,
    read_signed_value,
    set_cookie,
    set_signed_cookie,
)
from betterauth_py.wire.headers import RequestHeaders, ResponseHeaders, breaks_a_header, harmless_value
from betterauth_py.wire.origins import matches_origin_pattern

if TYPE_CHECKING:
    import httpx

Body = TypeVar("Body")
Query = TypeVar("Query")
SessionAndUser = tuple[Row, Row]

logger = logging.getLogger("betterauth")
_GRACE_SECONDS = 10
_SIGN_OF_LIFE = "ready"  # A key that holds nothing.


@dataclass(kw_only=True)
class AuthContext:
    """One assembled auth: everything that outlives a request."""

    options: Options
    plugins: Sequence[Plugin]
    environment: str
    base_path: str
    base_origin: str | None
    secrets: SecretConfig = field(repr=False)
    static_origins: list[str]
    clock: Clock
    schema: Schema
    database: Database
    rows: Rows
    """The rows of every table: plugins keep theirs with it."""
    secondary_storage: SecondaryStorage | None = field(repr=False)
    cleanup: Cleanup
    users: Users
    accounts: Accounts
    sessions: Sessions
    verifications: Verifications
    passwords: PasswordHasher
    client_ip: ClientIpResolver
    rate_limiter: RateLimiter
    cookies: AuthCookies
    make_cookie: CookieMaker
    generate_id: Callable[[str], str]
    origin_of_request: Callable[[Request], str]
    """Where the client has reached this server, where `base_url` does not say."""
    of_plugins: dict[str, Any] = field(default_factory=dict, repr=False)
    """What a plugin keeps for this auth, by the plugin's id: its `init` puts it here."""
    security_mails: Mapping[SecurityEvent, Callable[..., Any]] = field(default_factory=dict, repr=False)
    """What tells a user of an event, where this server sends such mails."""
    assembled: AuthContext | None = field(default=None, repr=False)
    """The auth itself, where this is what it is for one host."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set, repr=False)
    _cleaner: asyncio.Task[None] | None = field(default=None, repr=False)
    _http_client: httpx.AsyncClient | None = field(default=None, repr=False)

    @property
    def in_production(self) -> bool:
        """Whether this is a production deployment."""
        return self.environment == "production"

    @property
    def http_client(self) -> httpx.AsyncClient:
        """The one client for outgoing requests: the options' own, else one made at the first use."""
        if self.options.http_client is not None:
            client: httpx.AsyncClient = self.options.http_client
            return client
        if self.assembled is not None:
            return self.assembled.http_client
        if self._http_client is None:
            import httpx  # noqa: PLC0415 - a server that starts need not wait for it

            self._http_client = httpx.AsyncClient(timeout=10, follow_redirects=False)
        return self._http_client

    def now(self) -> datetime:
        """Return the time, in UTC with milliseconds."""
        return now(self.clock)

    def after(self, seconds: float) -> datetime:
        """Return the time `seconds` from now."""
        return self.now() + timedelta(seconds=seconds)

    def log_failure(self, what: str, error: Exception) -> None:
        """Log that the server failed to do `what`: with a traceback, or in the one line of a fault of the database."""
        if is_fault(error):
            self.database.faults.log(error)
        else:
            logger.error("Failed to %s", what, exc_info=error)

    def run_in_background(self, work: Awaitable[Any], what: str) -> None:
        """Let `work` go on after the answer, so that its duration tells the client nothing; failures are logged."""

        async def run() -> None:
            try:
                await work
            except Exception as error:
                self.log_failure(what, error)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def start_cleaning_up(self, interval: float) -> None:
        """Delete rows that are over now and every `interval` seconds, until `close`."""

        async def clean_up() -> None:
            while True:
                try:
                    await self.cleanup.run_unless_another_does()
                except Exception as error:
                    self.log_failure("delete expired rows", error)
                await asyncio.sleep(interval)

        if self._cleaner is None:
            self._cleaner = asyncio.create_task(clean_up())

    async def check_secondary_storage(self) -> None:
        """Ask the secondary storage, where there is one, for a sign of life.

        Raises:
            SecondaryStorageError: if it gives none.
        """
        if self.secondary_storage is None:
            return
        try:
            await self.secondary_storage.get(_SIGN_OF_LIFE)
        except SecondaryStorageError:
            raise
        except Exception as error:
            raise SecondaryStorageError(f"The secondary storage does not answer: {type(error).__name__}") from error

    async def close_connections(self) -> None:
        """Close the connections to the database and the secondary storage; they are made again when needed."""
        await self.sessions.close()
        await self.database.close()
        close_storage = getattr(self.secondary_storage, "close", None)
        if close_storage is not None:
            await resolve(close_storage())

    async def close(self) -> None:
        """Finish background work, give up what takes longer than 10 seconds, and close every connection."""
        cleaner, self._cleaner = self._cleaner, None
        if cleaner is not None:
            cleaner.cancel()
            await asyncio.wait([cleaner])
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self.close_connections()
        self.passwords.close()
        if self._http_client is not None:
            await self._http_client.aclose()
            self._http_client = None


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
    """Who vouches for the session: a hook, the cookie cache (it may have ended since), or the database or storage."""
    new_session: SessionAndUser | None = None
    """The session that this call has started."""
    returned: Any = None
    """What the endpoint returned (or the `APIError` it raised), for hooks that run after it."""
    _cookies: dict[str, str] | None = None
    _trusted_origins: list[str] | None = None

    @property
    def options(self) -> Options:
        """The options."""
        return self.auth.options

    @property
    def base_url(self) -> str:
        """The URL all endpoints are under: the option's, or the request's where there is none."""
        origin = self.auth.base_origin or (self.auth.origin_of_request(self.request) if self.request else None)
        if origin is None:
            raise ConfigurationError("Option `base_url` is missing. Set it, or BETTER_AUTH_URL.")
        return f"{origin}{self.auth.base_path}"

    def set_header(self, name: str, value: str) -> None:
        """Set a header of the answer; what would break its line is percent-encoded."""
        self.response_headers.set(name, harmless_value(value))

    def get_cookie(self, name: str) -> str | None:
        """Return a cookie's value, or None if it is missing or empty."""
        return self._request_cookies().get(name) or None

    def get_signed_cookie(self, cookie: Cookie) -> str | None:
        """Return what a signed cookie vouches for, or None."""
        return read_signed_value(self._request_cookies().get(cookie.name), self.auth.secrets.current)

    def strict_cookies(self) -> dict[str, str]:
        """Return the cookies as better-auth's own reader sees them; chunked cookies are read this way."""
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
        """Take a cookie back: a value set earlier in this answer is withdrawn, the browser's is expired."""
        self.response_headers.remove_cookie(cookie.name)
        self.set_cookie(Cookie(cookie.name, cookie.attributes.with_max_age(0)), "")

    def client_ip(self) -> str | None:
        """Return the client's address, if one can be trusted."""
        peer = self.request.peer if self.request is not None else None
        return self.auth.client_ip.resolve(self.headers, peer) if self.has_headers else None

    def replace_headers(self, headers: RequestHeaders) -> None:
        """Let the endpoint see other request headers, cookies included."""
        self.headers = headers
        self.has_headers = True
        self._cookies = None

    async def trusted_origins(self) -> list[str]:
        """Return the origins that this request may come from."""
        if self._trusted_origins is None:
            self._trusted_origins = await trusted_origins_for(self.auth, self.request)
        return self._trusted_origins

    async def is_trusted_url(self, url: str, *, allow_relative_paths: bool = True) -> bool:
        """Tell whether a redirect to `url` stays with trusted origins."""
        # What no Location can carry is refused; better-auth answers 500, with the session already made.
        origins = [] if breaks_a_header(url) else await self.trusted_origins()
        return any(matches_origin_pattern(url, origin, allow_relative_paths=allow_relative_paths) for origin in origins)

    def _request_cookies(self) -> dict[str, str]:
        if self._cookies is None:
            if self.request is not None and self.headers is self.request.headers:
                self._cookies = self.request.cookies
            else:
                self._cookies = parse_cookies(self.headers.value("cookie") or "")
        return self._cookies
