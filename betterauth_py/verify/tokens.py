"""The session's token in a request, with its signature verified."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from betterauth_py.crypto.signing import verify_base64url
from betterauth_py.verify.credentials import CookieNames, Credentials
from betterauth_py.verify.session_source import NO_CREDENTIALS, Unanswered
from betterauth_py.wire.cookies import decode_leniently, parse_cookies, read_signed_value

Bearer = Literal["off", "signed", "any"]

_MOST_REMEMBERED: Final = 1_000
_LONGEST_REMEMBERED: Final = 4_096
FORGED: Final = Unanswered("the signature of the session's cookie is wrong")


class TokenReader:
    """Finds the session token of a request: in the cookie or, with better-auth's bearer plugin, as bearer token."""

    def __init__(self, secret: str, names: CookieNames, bearer: Bearer) -> None:
        """Accept tokens signed with `secret`."""
        # The same value comes again and again, and its validity never changes.
        self._of_header = lru_cache(_MOST_REMEMBERED)(self._of_cookies)
        self._of_signed = lru_cache(_MOST_REMEMBERED)(self._read_signed)
        self._secret = secret
        self._names = names.tokens()
        self._bearer = bearer

    def read(self, credentials: Credentials) -> str | Unanswered:
        """Return the token, or an `Unanswered` if there is none or it is forged."""
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
        return NO_CREDENTIALS

    def _of_bearer(self, credentials: Credentials) -> str | Unanswered | None:
        """Return the token that better-auth's bearer plugin reads from `Authorization`, or None if it ignores it."""
        given = credentials.bearer_token()
        if given is None:
            return None
        if "." not in given:
            return given if self._bearer == "any" else None
        return self._of_signed(given) if len(given) <= _LONGEST_REMEMBERED else self._read_signed(given)

    def _read_signed(self, given: str) -> str | Unanswered | None:
        decoded = decode_leniently(given)
        # The plugin reads the signature after the first dot, in any base64, and then replaces the request's cookie,
        # which is read more strictly.
        signed, signature, *_ = decoded.split(".")
        if not verify_base64url(self._secret, signed, signature):
            return None
        return read_signed_value(decoded, self._secret) or FORGED
