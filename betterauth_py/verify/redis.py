"""Reading the session from the auth server's secondary storage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from inspect import isawaitable
from threading import Lock
from typing import Any

from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript.dates import read_date, to_milliseconds
from betterauth_py.javascript.plain_json import InvalidJSONError, parse
from betterauth_py.verify.credentials import CookieNames, Credentials
from betterauth_py.verify.errors import InvalidSessionError, SessionError, VerificationUnavailableError
from betterauth_py.verify.records import Session, User, VerifiedSession
from betterauth_py.verify.remote import read_answer
from betterauth_py.verify.runtime import Runtime
from betterauth_py.verify.secrets import shared_secrets
from betterauth_py.verify.session_source import SessionSource, Unanswered
from betterauth_py.verify.tokens import Bearer, TokenReader
from betterauth_py.wire.cached_session import is_expired
from betterauth_py.wire.revocations import revocation_key, revocation_moment

# About 200 bytes each.
_MOST_REMEMBERED = 10_000
_UNKNOWN = "the secondary storage knows no such session"


class Redis(SessionSource):
    """Checks the cookie's signature with the shared secret and reads the session from the Redis of the auth server.

    For auth servers whose `secondaryStorage` is Redis (`@better-auth/redis-storage`, or this project's). It guarantees
    what Redis says at that moment: a revoked session is refused at once, the user is as of the last change that the
    auth server made. It never writes. One MGET for each request, of the session and of the mark that better-auth 1.7.25
    stores when all of a user's sessions end. If Redis is unavailable: `VerificationUnavailableError`.
    """

    name = "redis"

    def __init__(
        self,
        client: Any,
        *,
        secret: str | Sequence[str] | None = None,
        key_prefix: str = "better-auth:",
        stored_in_database: bool = False,
        cookies: CookieNames | None = None,
        bearer: Bearer = "off",
        timeout: float = 3.0,
    ) -> None:
        """Read from `client`.

        Args:
            client: a `redis.asyncio.Redis` or, also for `sync`, a `redis.Redis`; anything with its `get` will do, and
                is asked twice if it has no `mget`.
            secret: the auth server's secret, of several versions the current one; `BETTER_AUTH_SECRET` of the
                environment when left out.
            key_prefix: `keyPrefix` of the auth server's storage.
            stored_in_database: the auth server has `session.storeSessionInDatabase`: a session that is not in Redis
                may be there, so the next source is tried.
            cookies: how the auth server names its cookies.
            bearer: whether session tokens in `Authorization: Bearer` count: `signed` ones only, or `any`.
            timeout: seconds until Redis has to have answered; in `sync`, the client's `socket_timeout` counts.

        Raises:
            ConfigurationError: if there is no secret, or the client has no `get`.
        """
        if not callable(getattr(client, "get", None)):
            raise ConfigurationError(f"Redis: a {type(client).__name__} has no `get`. Give a client of redis-py.")
        self._redis = client
        self._is_async = ".asyncio." in f"{type(client).__module__}."
        self._key_prefix = key_prefix
        self._stored_in_database = stored_in_database
        self._timeout = timeout
        # A cluster has the two keys on different nodes.
        self._reads_many = hasattr(client, "mget") and not hasattr(client, "mget_nonatomic")
        self._users: dict[str, str] = {}
        self._lock = Lock()
        self._tokens = TokenReader(shared_secrets(secret, "Redis").current, cookies or CookieNames(), bearer)

    def bind(self, runtime: Runtime) -> None:
        """See `SessionSource.bind`."""
        if self._is_async and not runtime.is_async:
            raise ConfigurationError("Redis: this client needs an event loop. Give sync.SessionVerifier a redis.Redis.")
        super().bind(runtime)

    async def find(self, credentials: Credentials) -> VerifiedSession | Unanswered:
        """See `SessionSource.find`."""
        token = self._tokens.read(credentials)
        if isinstance(token, Unanswered):
            return token
        try:
            with self.runtime.bound(self._timeout):
                found, revoked_before = await self._find(token)
        except TimeoutError:
            raise VerificationUnavailableError(f"Redis did not answer within {self._timeout:g} seconds") from None
        except SessionError:
            raise
        except Exception as error:
            raise VerificationUnavailableError(f"Redis cannot be asked: {type(error).__name__}") from None
        if found is None:
            if self._stored_in_database:
                return Unanswered(_UNKNOWN)
            raise InvalidSessionError(_UNKNOWN)
        session, user = found
        if revoked_before and _began(session) < revoked_before:
            raise InvalidSessionError("all sessions of the user were ended since this one began")
        return VerifiedSession(session, user, (), self.name)

    async def _find(self, token: str) -> tuple[tuple[Session, User] | None, float]:
        """Return the session with its user, and the time of the user's last revocation of all sessions."""
        # A session's user never changes, and knowing it saves a round trip.
        expected = self._users.get(token)
        if expected is None:
            stored, mark = await self._call("get", self._key(token)), None
        else:
            stored, mark = await self._call("mget", [self._key(token), self._key(revocation_key(expected))])
        if stored is None:
            return None, 0
        session, user = self._read(stored, token)
        if user.id != expected:
            mark = await self._call("get", self._key(revocation_key(user.id)))
            self._remember(token, user.id)
        return (session, user), revocation_moment(mark)

    def _key(self, name: str) -> str:
        return f"{self._key_prefix}{name}"

    async def _call(self, command: str, argument: str | list[str]) -> Any:
        call = partial(getattr(self._redis, command), argument)
        answer = call() if self._is_async else await self.runtime.in_thread(call)
        return await answer if isawaitable(answer) else answer

    def _remember(self, token: str, user_id: str) -> None:
        if not self._reads_many:
            return
        with self._lock:
            if len(self._users) >= _MOST_REMEMBERED:
                del self._users[next(iter(self._users))]
            self._users[token] = user_id

    def _read(self, stored: str | bytes, token: str) -> tuple[Session, User]:
        try:
            session, user = read_answer(parse(stored.encode() if isinstance(stored, str) else stored))
        except (InvalidJSONError, RecursionError):
            raise VerificationUnavailableError("what Redis holds under the session's key is not JSON") from None
        if session is None or user is None or session.get("token") != token:
            raise InvalidSessionError("what Redis holds under the session's key is not this session")
        try:
            expired = is_expired(session["expiresAt"], self._clock.milliseconds())
        except (KeyError, TypeError):
            raise InvalidSessionError("the stored session does not say when it ends") from None
        if expired:
            raise InvalidSessionError("the session has expired")
        return session, user


def _began(session: Session) -> float:
    """Return the session's creation time in milliseconds; 0 if it has none."""
    try:
        return to_milliseconds(read_date(session["createdAt"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0
