"""Reading the session that the auth service cached in the browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Final

from betterauth_py.errors import ConfigurationError
from betterauth_py.verify.credentials import CookieNames, Credentials
from betterauth_py.verify.records import Session, User, VerifiedSession
from betterauth_py.verify.secrets import shared_secrets
from betterauth_py.verify.tokens import TokenReader
from betterauth_py.verify.ways import Unanswered, Way
from betterauth_py.wire.cached_session import CachedSession, Strategy, decode_compact, is_over, own_copy
from betterauth_py.wire.chunks import join_chunks

# A page asks several times with one cookie. What it holds and whether it is authentic never changes; whether it is
# still good is judged each time. A few megabytes at most.
_MOST_REMEMBERED: Final = 1_000
_LONGEST_REMEMBERED: Final = 4_096
_NOT_THERE: Final = Unanswered("there is no cached session")
_NOT_AUTHENTIC: Final = Unanswered("the cached session is forged, malformed or over")
_OF_ANOTHER: Final = Unanswered("the cached session is of another token")
_OTHER_VERSION: Final = Unanswered("the cached session is of another version")
_OVER: Final = Unanswered("the cached session is over")


class CookieCache(Way):
    """Verifies the `session_data` cookie (`session.cookieCache` of the auth server) with the shared secret: no network.

    It guarantees that the auth server vouched for this session and user, and this token, at most `maxAge` seconds ago
    (300 by default). A session that was revoked, or a user who was changed or banned meanwhile, is let in as before
    until the cookie ends: where that matters, put another way in front or ask one besides. Absent, stale and forged
    caches leave the question to the next way; only the browser's next `/get-session` makes the cookie anew.

    The signed `session_token` cookie has to be there and has to be of the same session, as in better-auth's own
    `/get-session`.
    """

    name = "cookie cache"

    def __init__(
        self,
        *,
        secret: str | Sequence[str] | None = None,
        strategy: Strategy = "compact",
        version: str | Callable[[Session, User], str] = "1",
        cookies: CookieNames | None = None,
    ) -> None:
        """Believe caches sealed with `secret`.

        Args:
            secret: the auth server's secret; after a rotation all its versions, the current one first (the others
                still open encrypted caches). `BETTER_AUTH_SECRET` of the environment when left out.
            strategy: `compact`, `jwt` or `jwe`, as `session.cookieCache.strategy` of the auth server.
            version: what `session.cookieCache.version` of the auth server is or returns.
            cookies: how the auth server names its cookies.

        Raises:
            ConfigurationError: if there is no secret or no such strategy.
        """
        self._secrets = shared_secrets(secret, "CookieCache")
        self._version = version
        names = cookies or CookieNames()
        self._names = tuple(zip(names.tokens(), names.caches(), strict=True))
        self._tokens = TokenReader(self._secrets.current, names, "off")
        if strategy not in {"compact", "jwt", "jwe"}:
            raise ConfigurationError(f"CookieCache: `strategy` is {strategy!r}. Give 'compact', 'jwt' or 'jwe'.")
        self._decode = self._decoder(strategy)

    async def look(self, credentials: Credentials) -> VerifiedSession | Unanswered:
        """See `Way.look`."""
        token = self._tokens.read(credentials)
        if isinstance(token, Unanswered):
            return token
        value = self._cached_value(credentials)
        if value is None:
            return _NOT_THERE
        now = time.time_ns() // 1_000_000
        cached = self._decode(value, now)
        if cached is None:
            return _NOT_AUTHENTIC
        if cached.session["token"] != token:
            return _OF_ANOTHER
        if cached.expires_at < now or is_over(cached.session["expiresAt"], now):
            return _OVER
        rows = (cached.session, cached.user)
        session_row, user_row = rows if cached.is_flat else map(own_copy, rows)
        session, user = Session(session_row), User(user_row)
        version = self._version if isinstance(self._version, str) else self._version(session, user)
        if cached.version != version:
            return _OTHER_VERSION
        return VerifiedSession(session, user, (), self.name)

    def _cached_value(self, credentials: Credentials) -> str | None:
        cookies = credentials.cookies
        for token_name, name in self._names:
            if cookies.get(token_name):
                return cookies.get(name) or (join_chunks(name, credentials.strict_cookies))
        return None

    def _decoder(self, strategy: Strategy) -> Callable[[str, int], CachedSession | None]:
        secrets = self._secrets
        if strategy == "compact":
            read = lru_cache(_MOST_REMEMBERED)(partial(decode_compact, secret=secrets.current))
            return lambda value, now: (read if len(value) <= _LONGEST_REMEMBERED else read.__wrapped__)(value)
        from betterauth_py.wire.cookie_cache_reader import decode_cookie_cache

        return lambda value, now: decode_cookie_cache(strategy, value, secrets=secrets, now=now)
