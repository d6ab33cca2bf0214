"""Verifying a session with the auth service."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from re import compile as compile_pattern
from threading import Lock
from typing import Any, Final
from urllib.parse import quote, urlsplit

from betterauth_py.clock import SteadyClock, now
from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript.values import CONTAINERS, own_copy, trim
from betterauth_py.store.sessions.cache import bytes_of
from betterauth_py.verify.credentials import CookieNames, Credentials, bearer_token
from betterauth_py.verify.errors import InvalidSessionError, VerificationUnavailableError
from betterauth_py.verify.patience import BUSY, Patience
from betterauth_py.verify.records import Session, User, VerifiedSession
from betterauth_py.verify.runtime import Fetched, FetchError, Request
from betterauth_py.verify.secrets import shared_secrets
from betterauth_py.verify.session_source import NO_CREDENTIALS, SessionSource, Unanswered
from betterauth_py.verify.tokens import TokenReader

_BASE_PATH: Final = "/api/auth"
_MOST_REMEMBERED: Final = 1_000
# A user's image may be a data URL of megabytes.
_MOST_BYTES: Final = 67_108_864
_LONGEST_REMEMBERED: Final = 4_096
_HOST: Final = compile_pattern(r"[0-9A-Za-z._~:%-]+")
_IN_PATHS: Final = "/:@!$&'()*+,;=~%"
_Key = tuple[str, str]
# The forwarded headers, their key in memory, and the request.
_Question = tuple[_Key, bytes, Request | None]
# With whether it contains neither a list nor an object.
_Found = tuple[VerifiedSession, bool]


class Remote(SessionSource):
    """Forwards the cookie or bearer token to `/get-session` of the auth service.

    It guarantees what the service itself guarantees at that moment: a revoked session is refused at once (unless the
    service answers from its cookie cache; `disable_cookie_cache` turns that off), sessions are prolonged, and
    refreshed cookies come back in `set_cookies`. It needs nothing but the service's address. When the service is down,
    slow or answers anything but a session or `null`, the request is rejected: `VerificationUnavailableError`.

    Unknown clients cannot use up the service's rate limit: a rejection is cached for two seconds, the client's address
    is forwarded where it is known (`x-forwarded-for`) so that the service counts each client by itself, and after a 429
    or 503 credentials that this verifier has seen have priority. With `secret`, forged cookies are rejected first.

    Concurrent requests with the same credentials share one request to the service. With `cache_for`, an answer also
    serves later ones; a session revoked meanwhile then stays valid for that long.
    """

    name = "remote"

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 3.0,
        disable_cookie_cache: bool = False,
        disable_refresh: bool = False,
        cache_for: float = 0.0,
        cache_size: int = 10_000,
        cookies: CookieNames | None = None,
        forward_all_cookies: bool = False,
        forward_headers: Sequence[str] = ("x-forwarded-for",),
        secret: str | Sequence[str] | None = None,
        client: Any = None,
    ) -> None:
        """Verify with the service at `url`.

        Args:
            url: the auth service: `http://localhost:3001`, or with its base path `https://example.com/api/auth`
                (`/api/auth` when the URL has no path).
            timeout: seconds until the answer has to be there, connecting included.
            disable_cookie_cache: have the service ask its database, as better-auth's `disableCookieCache`.
            disable_refresh: do not prolong the session, as better-auth's `disableRefresh`.
            cache_for: seconds for which an answer that is a session serves others; 0 asks every time.
            cache_size: how many answers are kept.
            cookies: how the service names its cookies; only those are forwarded.
            forward_all_cookies: forward every cookie of the request, for cookies of plugins with names of their own.
            forward_headers: further headers of the request to forward. By `x-forwarded-for` the service's rate limit
                tells clients apart; ours believes it from proxies that `advanced.ip_address.trusted_proxies` names.
            secret: the auth server's secret, of several versions the current one. With it, cookies whose signature is
                wrong are refused without asking, and passed to the next source. Not with `forward_all_cookies`.
            client: an `httpx.AsyncClient` (for `sync`: an `httpx.Client`) to use instead of the built-in one, for
                proxies or certificates of your own. Closing it is yours.

        Raises:
            ConfigurationError: if `url` is not one of an auth service, or a number is out of range.
        """
        query = "&".join(
            f"{name}=true"
            for name, wanted in (("disableCookieCache", disable_cookie_cache), ("disableRefresh", disable_refresh))
            if wanted
        )
        self._url = f"{service_url(url, 'Remote')}/get-session{'?' if query else ''}{query}"
        if timeout <= 0 or cache_for < 0 or cache_size < 1:
            raise ConfigurationError("Remote: `timeout` and `cache_size` must be above 0, `cache_for` not below.")
        self._timeout = timeout
        self._cookies = cookies or CookieNames()
        self._question_once = lru_cache(_MOST_REMEMBERED)(self._question)
        self._forward_all_cookies = forward_all_cookies
        self._forward_headers = tuple(name.lower() for name in forward_headers)
        self._client = client
        self._patience = Patience()
        signs = secret is not None and not forward_all_cookies
        self._tokens = TokenReader(shared_secrets(secret, "Remote").current, self._cookies, "off") if signs else None
        self._cache = _Cache(cache_for, cache_size) if cache_for else None

    async def find(self, credentials: Credentials) -> VerifiedSession | Unanswered:
        """See `SessionSource.find`."""
        cookie, authorization = credentials.cookie, credentials.authorization
        is_short = len(cookie) + len(authorization) <= _LONGEST_REMEMBERED
        key, digest, request = (self._question_once if is_short else self._question)(cookie, authorization)
        if request is None:
            return NO_CREDENTIALS
        if self._tokens is not None and not key[1]:
            token = self._tokens.read(credentials)
            if isinstance(token, Unanswered):
                return token
        found = None if self._cache is None else self._cache.get(key, self._clock)
        if found is None:
            found = await self.runtime.share((self, key), lambda: self._ask(key, digest, request, credentials))
        verified, is_flat = found
        if is_flat:
            return verified
        # Callers must not see each other's changes of a list or an object in it.
        session, user = Session(own_copy(verified.session)), User(own_copy(verified.user))
        return VerifiedSession(session, user, verified.set_cookies, verified.source)

    def _question(self, cookie: str, authorization: str) -> _Question:
        """Return the request that forwards these headers; None if there is nothing to forward."""
        cookie = cookie if self._forward_all_cookies else self._own_cookies(cookie)
        authorization = authorization if bearer_token(authorization) else ""
        forwarded = [(name, value) for name, value in (("cookie", cookie), ("authorization", authorization)) if value]
        request = Request(self._url, (*forwarded, ("accept", "application/json")), self._timeout)
        return (cookie, authorization), Patience.digest(cookie, authorization), request if forwarded else None

    async def _ask(self, key: _Key, digest: bytes, request: Request, credentials: Credentials) -> _Found:
        patience = self._patience
        refusal = patience.refusal(digest)
        if refusal is not None:
            raise InvalidSessionError(refusal[0], set_cookies=refusal[1])
        patience.take_turn(digest)
        more = tuple((name, value) for name in self._forward_headers for value in credentials.values(name))
        if more:
            request = Request(request.url, (*request.headers, *more), request.timeout)
        try:
            fetched = await self.runtime.fetch(request, self._client)
        except FetchError as error:
            raise VerificationUnavailableError(f"{self._url}: {error}") from None
        if fetched.status in BUSY:
            patience.pressed(digest)
        try:
            found = self._judge(fetched)
        except InvalidSessionError as error:
            patience.refused(digest, (error.reason, error.set_cookies))
            raise
        patience.accepted(digest)
        if self._cache is not None:
            self._cache.put(key, *found, self._clock)
        return found

    def _judge(self, fetched: Fetched) -> _Found:
        if fetched.status == 401:
            raise InvalidSessionError("the auth service refused it (401)", set_cookies=fetched.set_cookies)
        if fetched.status != 200:
            hint = "; is its base path right?" if fetched.status == 404 else ""
            raise VerificationUnavailableError(f"{self._url}: the auth service answered {fetched.status}{hint}")
        read = _read_once if len(fetched.body) <= _LONGEST_REMEMBERED else _read
        try:
            is_null, session, user, is_flat = read(fetched.body)
        except (ValueError, RecursionError):
            raise VerificationUnavailableError(f"{self._url}: the auth service did not answer JSON") from None
        if is_null:
            raise InvalidSessionError("the auth service knows no such session", set_cookies=fetched.set_cookies)
        if session is None or user is None:
            raise VerificationUnavailableError(f"{self._url}: the auth service did not answer a session")
        return VerifiedSession(session, user, fetched.set_cookies, self.name), is_flat

    def _own_cookies(self, header: str) -> str:
        owns = self._cookies.owns
        own = []
        for pair in header.split(";"):
            name, equals, _ = pair.partition("=")
            if equals and owns(trim(name)):
                own.append(trim(pair))
        return "; ".join(own)


def service_url(url: str, source: str) -> str:
    """Return the base URL of an auth service with its base path, without a trailing slash.

    Raises:
        ConfigurationError: if it is none.
    """
    try:
        parts = urlsplit(url)
        # DNS and the Host header use this form, and a port out of range is a ValueError.
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise ConfigurationError(f"{source}: the URL of the auth service has a host or a port that is none.") from None
    if parts.scheme not in {"http", "https"} or not host or not _HOST.fullmatch(host):
        raise ConfigurationError(
            f"{source}: {url!r} is not the URL of an auth service. Give one like http://localhost:3001."
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigurationError(f"{source}: the URL of the auth service has only a host and a path, nothing more.")
    netloc = parts.netloc if parts.netloc.isascii() else host if port is None else f"{host}:{port}"
    path = quote(parts.path.rstrip("/"), safe=_IN_PATHS) or _BASE_PATH
    return f"{parts.scheme}://{netloc}{path}"


def read_answer(answer: Any) -> tuple[Session | None, User | None]:
    """Return the session and user of `{session, user}`, or None for both if it is anything else."""
    if not isinstance(answer, dict):
        return None, None
    session, user = answer.get("session"), answer.get("user")
    if not isinstance(session, dict) or not isinstance(user, dict):
        return None, None
    # Without these, code behind the verifier could mistake one user for another.
    if not isinstance(user.get("id"), str) or not user["id"] or session.get("userId") != user["id"]:
        return None, None
    return Session.from_json(session), User.from_json(user)


def _read(body: bytes) -> tuple[bool, Session | None, User | None, bool]:
    """Return whether the answer is null, the records, and whether they contain neither a list nor an object.

    Raises:
        ValueError: if it is not JSON.
        RecursionError: if it is nested too deeply.
    """
    answer = json.loads(body.decode())
    session, user = read_answer(answer)
    is_flat = session is None or (
        CONTAINERS.isdisjoint(map(type, answer["session"].values()))
        and CONTAINERS.isdisjoint(map(type, answer["user"].values()))
    )
    return answer is None, session, user, is_flat


# A page sends several requests and mostly gets the same answer: equal bytes are equal records, which never change.
_read_once: Final = lru_cache(_MOST_REMEMBERED)(_read)


def _is_over(verified: VerifiedSession, clock: SteadyClock) -> bool:
    end = verified.session.get("expiresAt")
    return isinstance(end, datetime) and end <= now(clock)


class _Cache:
    """A cache of answers, bounded in number and memory; none is kept longer than its session."""

    def __init__(self, seconds: float, size: int) -> None:
        self._seconds = seconds
        self._size = size
        self._lock = Lock()
        self._bytes = 0
        self._kept: OrderedDict[_Key, tuple[float, _Found, int]] = OrderedDict()

    def get(self, key: _Key, clock: SteadyClock) -> _Found | None:
        with self._lock:
            until, found, size = self._kept.get(key, (0.0, None, 0))
            if found is None:
                return None
            if until <= clock.monotonic() or _is_over(found[0], clock):
                del self._kept[key]
                self._bytes -= size
                return None
            return found

    def put(self, key: _Key, verified: VerifiedSession, is_flat: bool, clock: SteadyClock) -> None:
        # Cookies belong to the answer they came with.
        kept = VerifiedSession(verified.session, verified.user, (), verified.source), is_flat
        with self._lock:
            replaced = self._kept.pop(key, None)
            size = bytes_of(key) + bytes_of(verified.session) + bytes_of(verified.user)
            self._kept[key] = (clock.monotonic() + self._seconds, kept, size)
            self._bytes += size - (replaced[2] if replaced else 0)
            while len(self._kept) > self._size or self._bytes > _MOST_BYTES:
                self._bytes -= self._kept.popitem(last=False)[1][2]
