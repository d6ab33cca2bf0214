"""The credentials of a request: its cookies and its bearer token, read as better-auth 1.7.25 reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from betterauth_py.javascript.values import trim
from betterauth_py.wire.cookies import HOST_PREFIX, SECURE_PREFIX, parse_cookies, parse_cookies_strictly

Headers = Mapping[str, str] | Iterable[tuple[str, str]] | Iterable[tuple[bytes, bytes]]

_BEARER: Final = "bearer "


class Credentials:
    """The headers of one request that matter for its session."""

    __slots__ = ("_lenient", "_pairs", "_strict", "authorization", "cookie")

    def __init__(self, headers: Headers) -> None:
        """Read `headers`: a mapping or name/value pairs, text or bytes, names in any case."""
        pairs: Iterable[tuple[str | bytes, str | bytes]]
        # The usual types first: checking for a mapping is slow.
        if isinstance(headers, (list, tuple)):
            pairs = headers
        elif isinstance(headers, (dict, Mapping)):
            pairs = headers.items()
        else:
            pairs = list(headers)
        cookie = ""
        authorization: str | None = None
        for name, value in pairs:
            length = len(name)
            if length == 6:
                if _text(name).lower() == "cookie":
                    cookie = f"{cookie}; {_text(value)}" if cookie else _text(value)
            elif length == 13 and authorization is None and _text(name).lower() == "authorization":
                authorization = _text(value)
        self.cookie = cookie
        """The `Cookie` header; several are joined, as Node does."""
        self.authorization = authorization or ""
        """The `Authorization` header; the first of several counts, as with Node."""
        self._pairs = pairs
        self._lenient: dict[str, str] | None = None
        self._strict: dict[str, str] | None = None

    def __repr__(self) -> str:
        """Show nothing."""
        return "Credentials()"

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies as better-call reads them: the first of several with one name."""
        if self._lenient is None:
            self._lenient = parse_cookies(self.cookie) if self.cookie else {}
        return self._lenient

    @property
    def strict_cookies(self) -> dict[str, str]:
        """The cookies as better-auth's own parser reads them: without malformed ones, the last of one name."""
        if self._strict is None:
            self._strict = parse_cookies_strictly(self.cookie)
        return self._strict

    def bearer_token(self) -> str | None:
        """Return the token of `Authorization: Bearer`, or None."""
        return bearer_token(self.authorization)

    def values(self, lower_name: str) -> list[str]:
        """Return every value of a header."""
        return [_text(value) for name, value in self._pairs if _text(name).lower() == lower_name]


def bearer_token(authorization: str) -> str | None:
    """Return the token of an `Authorization: Bearer` header, or None."""
    if authorization[:7].lower() != _BEARER:
        return None
    return trim(authorization[7:]) or None


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


@dataclass(frozen=True, slots=True)
class CookieNames:
    """The names of the session's cookies, as set by the auth server's `advanced` options.

    By default both `__Secure-better-auth.session_token` (what better-auth sets under https) and the plain name are
    known, the secure one first. `secure` says which one it has to be. `session_token` and `session_data` are for
    servers that rename their cookies (`advanced.cookies`); they are given without `__Secure-`.
    """

    prefix: str = "better-auth"
    secure: bool | None = None
    session_token: str | None = None
    session_data: str | None = None

    def tokens(self) -> tuple[str, ...]:
        """Return the possible cookie names of the session's token."""
        return self._candidates(self.session_token or f"{self.prefix}.session_token")

    def caches(self) -> tuple[str, ...]:
        """Return the possible cookie names of the cached session."""
        return self._candidates(self.session_data or f"{self.prefix}.session_data")

    def owns(self, name: str) -> bool:
        """Return whether better-auth set the cookie called `name`."""
        own = f"{self.prefix}."
        if name.startswith(own):
            return True
        plain = name.removeprefix(SECURE_PREFIX).removeprefix(HOST_PREFIX)
        if plain.startswith(own):
            return True
        given = [given for given in (self.session_token, self.session_data) if given]
        return any(plain == one or plain.startswith(f"{one}.") for one in given)

    def _candidates(self, name: str) -> tuple[str, ...]:
        if self.secure is None:
            return f"{SECURE_PREFIX}{name}", name
        return (f"{SECURE_PREFIX}{name}" if self.secure else name,)
