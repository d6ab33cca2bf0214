"""CSRF protection: the origins that unsafe requests with cookies may come from.

A browser sends the session's cookie with requests that other sites make it send. So the page that made the request is
checked: its `Origin`, or its `Referer` (OWASP: Cross-Site Request Forgery Prevention, "Verifying Origin With Standard
Headers"). WebSockets are checked like unsafe methods, since CORS does not apply to them. A bearer token is not checked:
no browser sends one by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from re import ASCII, IGNORECASE
from re import compile as compile_pattern
from typing import Final

from betterauth_py.errors import ConfigurationError
from betterauth_py.urls.origin_patterns import DEFAULT_PORTS, OriginPatternError, check_wildcard, is_allowed_address
from betterauth_py.urls.wildcards import has_wildcards, wildcard
from betterauth_py.verify.credentials import Credentials, Headers

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
WEBSOCKET: Final = "WEBSOCKET"
"""The method used for opening a WebSocket."""

_ORIGIN: Final = compile_pattern(r"([a-z][a-z0-9+.-]*)://(\[[0-9a-f:.]+\]|[a-z0-9._-]*)(?::([0-9]{1,5}))?", ASCII)
_REFERER: Final = compile_pattern(r"[a-z][a-z0-9+.-]*://[^/?#\\\s]*(?=[/?#]|\Z)", ASCII | IGNORECASE)
_SCHEMES: Final = {"ws": "http", "wss": "https"}
_LAST_PORT: Final = 65_535
_LONGEST: Final = 300  # a host has at most 253 characters (RFC 1035)


class UntrustedOriginError(Exception):
    """A request with cookies comes from an untrusted page; `str()` is for the log."""


class OriginCheck:
    """Knows the origins whose pages may send requests with cookies."""

    def __init__(self, trusted_origins: Iterable[str] = ()) -> None:
        """Trust pages of `trusted_origins`, and those of the service itself.

        Args:
            trusted_origins: as better-auth's `trustedOrigins`: exact (`https://app.example.com`), with wildcards
                (`https://*.example.com`, `*.example.com`), or of an app's own scheme (`myapp://`).

        Raises:
            ConfigurationError: if one of them is no origin, or trusts everyone.
        """
        if isinstance(trusted_origins, str):
            raise ConfigurationError(f"trusted_origins: give a list of origins, [{trusted_origins!r}], not a text.")
        patterns = tuple(_checked(pattern) for pattern in trusted_origins)
        self._exact: Final = frozenset(pattern for pattern in patterns if not has_wildcards(pattern))
        self._wildcards: Final = tuple(pattern for pattern in patterns if has_wildcards(pattern))

    def screen(self, method: str, scheme: str, headers: Headers) -> Headers:
        """Return the headers to use: all of them, or for an untrusted page those without cookies.

        The cookies go where a bearer token stays: it alone then decides, so that adding one opens no way around.

        Args:
            method: the HTTP method, or `WEBSOCKET`.
            scheme: by which the service was reached, `http` or `https`; `ws` and `wss` count as those.
            headers: of the request.

        Raises:
            UntrustedOriginError: if an untrusted page sends cookies and nothing else.
        """
        if method in SAFE_METHODS:
            return headers
        given = headers.items() if isinstance(headers, Mapping) else headers
        pairs = [(_text(name).lower(), _text(value)) for name, value in given]
        credentials = Credentials(pairs)
        if not credentials.cookie:
            return pairs
        origin = _claimed_origin(credentials)
        if _is_own(origin, scheme, credentials) or (origin is not None and self.trusts(origin)):
            return pairs
        if credentials.bearer_token() is None:
            raise UntrustedOriginError(f"{method} with cookies from {origin!r}, which is not trusted")
        return [(name, value) for name, value in pairs if name != "cookie"]

    def trusts(self, origin: str) -> bool:
        """Return whether pages of the origin, or with that URL, are trusted."""
        parts = _split(origin)
        if parts is None:
            return False
        whole, scheme, host = parts
        if whole in self._exact:
            return True
        if scheme not in DEFAULT_PORTS and f"{scheme}://" in self._exact:
            return True
        return any(_fits(pattern, whole, scheme, host) for pattern in self._wildcards)


def _claimed_origin(credentials: Credentials) -> str | None:
    """Return the origin or referrer that the browser sent; None if it is missing or repeated."""
    origins = credentials.values("origin")
    if origins:
        claimed = origins[0] if len(origins) == 1 and origins[0] != "null" else ""
    else:
        referers = credentials.values("referer")
        found = _REFERER.match(referers[0]) if len(referers) == 1 else None
        claimed = "" if found is None else found[0]
    return claimed if 0 < len(claimed) <= _LONGEST else None


def _is_own(origin: str | None, scheme: str, credentials: Credentials) -> bool:
    """Return whether the page belongs to the service, by `Sec-Fetch-Site` or by the requested address.

    `Sec-Fetch-Site` cannot be set by a page; it also knows the address before a proxy.
    """
    if credentials.values("sec-fetch-site") == ["same-origin"]:
        return True
    hosts = credentials.values("host")
    if origin is None or len(hosts) != 1:
        return False
    own = _split(f"{_SCHEMES.get(scheme, scheme)}://{hosts[0]}")
    return own is not None and own == _split(origin)


def _split(text: str) -> tuple[str, str, str] | None:
    """Return an origin as browsers write it, its scheme, and its host with port; None for anything else."""
    found = _ORIGIN.fullmatch(text.lower().rstrip("/") if not text.endswith("://") else text.lower())
    if found is None:
        return None
    scheme, host, port = found.groups()
    if not host and (port or scheme in DEFAULT_PORTS):
        return None
    if port is not None and int(port) > _LAST_PORT:
        return None
    place = host if port is None or port == DEFAULT_PORTS.get(scheme) else f"{host}:{port}"
    return f"{scheme}://{place}", scheme, place


def _checked(pattern: str) -> str:
    if has_wildcards(pattern):
        try:
            return check_wildcard(pattern.strip())
        except OriginPatternError as error:
            raise ConfigurationError(
                f"trusted_origins: {pattern!r} {error}. check_origin=False turns the check off."
            ) from None
    parts = _split(pattern)
    if parts is None:
        hint = f" Write https://{pattern}" if "://" not in pattern else " An origin has no path"
        raise ConfigurationError(
            f"trusted_origins: {pattern!r} is not an origin.{hint}, as in https://app.example.com."
        )
    return parts[0]


def _fits(pattern: str, whole: str, scheme: str, host: str) -> bool:
    wanted = pattern.partition("://")[2] or pattern
    if not is_allowed_address(host, wanted.partition("/")[0]):
        return False
    if "://" not in pattern:
        return scheme in DEFAULT_PORTS and wildcard(pattern).fullmatch(host) is not None
    if scheme in DEFAULT_PORTS:
        return wildcard(pattern).fullmatch(whole) is not None
    # With an app's scheme each part is matched separately; an origin has no path, which counts as a slash.
    authority, slash, path = wanted.partition("/")
    if pattern.partition("://")[0] != scheme or (authority and wildcard(authority).fullmatch(host) is None):
        return False
    return not slash or wildcard(f"/{path}").fullmatch("/") is not None


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
