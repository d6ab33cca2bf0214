"""The session's token in a request, as far as the secret vouches for it."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import Final, Literal

from betterauth_py.verify.credentials import CookieNames, Credentials
from betterauth_py.verify.ways import NOTHING_BROUGHT, Unanswered
from betterauth_py.wire.cookies import parse_cookies, read_signed_value
from betterauth_py.wire.javascript import decode_uri_component

Bearer = Literal["off", "signed", "any"]

_MOST_REMEMBERED: Final = 1_000
_LONGEST_REMEMBERED: Final = 4_096
FORGED: Final = Unanswered("the signature of the session's cookie is wrong")


class TokenReader:
    """Finds the token whose session a request claims, by cookie or, where better-auth's plugin is on, as bearer."""

    def __init__(self, secret: str, names: CookieNames, bearer: Bearer) -> None:
        """Believe what `secret` has signed."""
        # The same text comes again and again, and whether its token is signed never changes.
        self._of_header = lru_cache(_MOST_REMEMBERED)(self._of_cookies)
        self._signed = lru_cache(_MOST_REMEMBERED)(partial(read_signed_value, secret=secret))
        self._secret = secret
        self._names = names.tokens()
        self._bearer = bearer

    def read(self, credentials: Credentials) -> str | Unanswered:
        """Return the token, or that there is none."""
        if self._bearer != "off" and credentials.authorization:
            token = self._of_bearer(credentials)
            if token is not None:
                return token
        header = credentials.cookie
        return self._of_header(header) if len(header) <= _LONGEST_REMEMBERED else self._of_cookies(header)

    def _of_cookies(self, header: str) -> str | Unanswered:
        cookies = parse_cookies(header)
        for name in self._names:
            value = cookies.get(name)
            if value:
                return read_signed_value(value, self._secret) or FORGED
        return NOTHING_BROUGHT

    def _of_bearer(self, credentials: Credentials) -> str | None:
        """Return the token of the `Authorization` header as better-auth's bearer plugin does, or None."""
        given = credentials.bearer_token()
        if given is None:
            return None
        if "." not in given:
            return given if self._bearer == "any" else None
        try:
            given = decode_uri_component(given)
        except ValueError:
            return None
        return self._signed(given)
