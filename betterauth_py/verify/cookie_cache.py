"""Reading the session that the auth service cached in the browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from importlib import import_module
from typing import Final

from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.javascript.values import own_copy
from betterauth_py.verify.credentials import CookieNames, Credentials
from betterauth_py.verify.records import Session, User, VerifiedSession
from betterauth_py.verify.secrets import shared_secrets
from betterauth_py.verify.session_source import NO_CREDENTIALS, SessionSource, Unanswered
from betterauth_py.verify.tokens import FORGED
from betterauth_py.wire.cached_session import CachedSession, Strategy, decode_compact
from betterauth_py.wire.chunks import join_chunks
from betterauth_py.wire.cookies import read_signed_value

# A page sends several requests with one cookie. Its content and authenticity never change; its expiry is checked each
# time. A few megabytes at most.
_MOST_REMEMBERED: Final = 1_000
_LONGEST_REMEMBERED: Final = 4_096
_NOT_THERE: Final = Unanswered("there is no cached session")
_NOT_AUTHENTIC: Final = Unanswered("the cached session is forged, malformed or expired")
_OF_ANOTHER: Final = Unanswered("the cached session is of another token")
_OTHER_VERSION: Final = Unanswered("the cached session is of another version")
_EXPIRED: Final = Unanswered("the cached session has expired")
# The records, the version, their expiry (milliseconds since the epoch), and whether they are cached and contain a list
# or an object, so that every caller gets a copy.
_Opened = tuple[Session, User, str, float, bool]


class CookieCache(SessionSource):
    """Verifies the `session_data` cookie (`session.cookieCache` of the auth server) with the shared secret: no network.

    It guarantees that the auth server vouched for this session and user, and this token, at most `maxAge` seconds ago
    (300 by default). A session that was revoked, or a user who was changed or banned meanwhile, is let in as before
    until the cookie ends: where that matters, put another source first. Absent, stale and forged
    caches pass to the next source; only the browser's next `/get-session` makes the cookie anew.

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
        """Accept caches signed or encrypted with `secret`.

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
        # As for the reference, none is the first.
        self._version = version or "1"
        names = cookies or CookieNames()
        self._names = tuple(zip(names.tokens(), names.caches(), strict=True))
        if strategy not in {"compact", "jwt", "jwe"}:
            raise ConfigurationError(f"CookieCache: `strategy` is {strategy!r}. Give 'compact', 'jwt' or 'jwe'.")
        self._decode = _decoder(strategy, self._secrets)
        # The content of a compact cookie, its authenticity and its token do not depend on the time.
        self._remembers = strategy == "compact"
        self._open_once = lru_cache(_MOST_REMEMBERED)(partial(self._open, 0))

    async def find(self, credentials: Credentials) -> VerifiedSession | Unanswered:
        """See `SessionSource.find`."""
        if not credentials.cookie:
            return NO_CREDENTIALS
        cookies = credentials.cookies
        for names in self._names:
            signed = cookies.get(names[0])
            if signed:
                break
        else:
            return NO_CREDENTIALS
        value = cookies.get(names[1]) or join_chunks(names[1], credentials.strict_cookies) or ""
        now = self._clock.milliseconds()
        if self._remembers and len(signed) + len(value) <= _LONGEST_REMEMBERED:
            opened = self._open_once(signed, value)
        else:
            opened = self._open(now, signed, value)
        if isinstance(opened, Unanswered):
            return opened
        session, user, its_version, good_until, is_shared = opened
        if good_until < now:
            return _EXPIRED
        if is_shared:
            try:
                session, user = Session(own_copy(session)), User(own_copy(user))
            except RecursionError:
                return _NOT_AUTHENTIC
        version = self._version if isinstance(self._version, str) else self._version(session, user)
        if its_version != version:
            return _OTHER_VERSION
        return VerifiedSession(session, user, (), self.name)

    def _open(self, now: int, signed: str, value: str) -> _Opened | Unanswered:
        """Verify a session's cookie and its cached session."""
        token = read_signed_value(signed, self._secrets.current)
        if token is None:
            return FORGED
        if not value:
            return _NOT_THERE
        cached = self._decode(value, now)
        if cached is None:
            return _NOT_AUTHENTIC
        session = cached.session
        if session["token"] != token:
            return _OF_ANOTHER
        good_until = min(cached.expires_at, to_milliseconds(session["expiresAt"]))
        is_shared = self._remembers and not cached.is_flat
        return Session.of(session), User.of(cached.user), cached.version, good_until, is_shared


def _decoder(strategy: Strategy, secrets: SecretConfig) -> Callable[[str, int], CachedSession | None]:
    if strategy == "compact":
        return lambda value, now: decode_compact(value, secrets.current)
    if strategy == "jwe":
        # Import what decryption needs now, and not while the first request waits.
        import_module("betterauth_py.crypto.jose")
    from betterauth_py.wire.cookie_cache_reader import decode_cookie_cache

    return lambda value, now: decode_cookie_cache(strategy, value, secrets=secrets, now=now)
