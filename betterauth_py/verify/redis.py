"""Reading the session from the auth server's secondary storage."""

from __future__ import annotations

import time
from collections.abc import Sequence
from inspect import isawaitable
from typing import Any

from betterauth_py.errors import ConfigurationError
from betterauth_py.verify.credentials import CookieNames, Credentials
from betterauth_py.verify.errors import CannotTellError, InvalidSessionError
from betterauth_py.verify.records import VerifiedSession
from betterauth_py.verify.remote import read_answer
from betterauth_py.verify.runtime import Runtime
from betterauth_py.verify.secrets import shared_secrets
from betterauth_py.verify.tokens import Bearer, TokenReader
from betterauth_py.verify.ways import Unanswered, Way
from betterauth_py.wire.cached_session import is_over
from betterauth_py.wire.plain_json import InvalidJSONError, parse

_UNKNOWN = "the secondary storage knows no such session"


class Redis(Way):
    """Checks the cookie's signature with the shared secret and reads the session from the Redis of the auth server.

    For auth servers whose `secondaryStorage` is Redis (`@better-auth/redis-storage`, or this project's). It guarantees
    what Redis says at that moment: a revoked session is refused at once, the user is as of the last change that the
    auth server made. It never writes. One GET for each request. When Redis cannot be asked: `CannotTellError`.
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
        """Ask `client`.

        Args:
            client: a `redis.asyncio.Redis` or, also for `sync`, a `redis.Redis`; anything with its `get` will do.
            secret: the auth server's secret, of several versions the current one; `BETTER_AUTH_SECRET` of the
                environment when left out.
            key_prefix: `keyPrefix` of the auth server's storage.
            stored_in_database: the auth server has `session.storeSessionInDatabase`: a session that is not in Redis
                may be there, so the question is left to the next way.
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
        self._tokens = TokenReader(shared_secrets(secret, "Redis").current, cookies or CookieNames(), bearer)

    def bind(self, runtime: Runtime) -> None:
        """See `Way.bind`."""
        if self._is_async and not runtime.is_async:
            raise ConfigurationError("Redis: this client needs an event loop. Give sync.SessionVerifier a redis.Redis.")
        super().bind(runtime)

    async def look(self, credentials: Credentials) -> VerifiedSession | Unanswered:
        """See `Way.look`."""
        token = self._tokens.read(credentials)
        if isinstance(token, Unanswered):
            return token
        try:
            with self.runtime.bound(self._timeout):
                stored = await self._get(f"{self._key_prefix}{token}")
        except TimeoutError:
            raise CannotTellError(f"Redis did not answer within {self._timeout:g} seconds") from None
        except Exception as error:
            raise CannotTellError(f"Redis cannot be asked: {type(error).__name__}") from None
        if stored is None:
            if self._stored_in_database:
                return Unanswered(_UNKNOWN)
            raise InvalidSessionError(_UNKNOWN)
        return self._judge(stored, token)

    async def _get(self, key: str) -> str | bytes | None:
        answer = self._redis.get(key) if self._is_async else await self.runtime.in_thread(lambda: self._redis.get(key))
        value: str | bytes | None = await answer if isawaitable(answer) else answer
        return value

    def _judge(self, stored: str | bytes, token: str) -> VerifiedSession:
        try:
            session, user = read_answer(parse(stored.encode() if isinstance(stored, str) else stored))
        except (InvalidJSONError, RecursionError):
            raise CannotTellError("what Redis holds under the session's key is not JSON") from None
        if session is None or user is None or session.get("token") != token:
            raise InvalidSessionError("what Redis holds under the session's key is not this session")
        try:
            over = is_over(session["expiresAt"], time.time_ns() // 1_000_000)
        except (KeyError, TypeError):
            raise InvalidSessionError("the stored session does not say when it ends") from None
        if over:
            raise InvalidSessionError("the session is over")
        return VerifiedSession(session, user, (), self.name)
