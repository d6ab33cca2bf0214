"""The verifier: tries its session sources in order; the first that can answer decides."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Final, Self

from betterauth_py.clock import SteadyClock
from betterauth_py.errors import ConfigurationError
from betterauth_py.verify.credentials import Credentials, Headers
from betterauth_py.verify.errors import InvalidSessionError, NoSessionError, VerificationUnavailableError
from betterauth_py.verify.records import VerifiedSession
from betterauth_py.verify.runtime import Runtime
from betterauth_py.verify.session_source import SessionSource, Unanswered

logger = logging.getLogger("betterauth.verify")


class SourceChain:
    """Tries the sources of a verifier in order, on an event loop or in threads."""

    def __init__(self, sources: tuple[SessionSource, ...], runtime: Runtime) -> None:
        """Bind the sources.

        Raises:
            ConfigurationError: if there is none, or one that does not fit.
        """
        if not sources:
            raise ConfigurationError("SessionVerifier has no session source. Give it one, such as Remote(url).")
        for source in sources:
            if not isinstance(source, SessionSource):
                raise ConfigurationError(
                    f"SessionVerifier takes sources such as Remote(url), not a {type(source).__name__}."
                )
            source.bind(runtime)
        self._sources: Final = sources

    async def find(self, headers: Headers) -> VerifiedSession:
        """Return the session of a request.

        Raises:
            SessionError: if there is none.
        """
        credentials = Credentials(headers)
        unable: VerificationUnavailableError | None = None
        reason = ""
        for source in self._sources:
            try:
                answer = await source.find(credentials)
            except VerificationUnavailableError as error:
                logger.warning("Session source %r is unavailable: %s", source.name, error.reason)
                unable = unable or error
                continue
            if not isinstance(answer, Unanswered):
                return answer
            reason = reason or answer.reason
        if unable is not None:
            raise unable
        if reason:
            raise InvalidSessionError(reason)
        raise NoSessionError


class SessionVerifier:
    """Verifies the session of a request from its headers, for asyncio.

    The sources are tried in order. One that finds no credentials of its kind, or only a cached session that is no
    longer valid, passes to the next; a definite answer, yes or no, decides. If one is unreachable the next ones are
    tried; if none of them answers either, the request is rejected: `VerificationUnavailableError`.
    """

    def __init__(self, *sources: SessionSource, clock: SteadyClock | None = None) -> None:
        """Try `sources` in this order; tests may pass a movable `clock`.

        Raises:
            ConfigurationError: if there is none, or one that does not fit an event loop.
        """
        # Here, because importing asyncio takes longer than the whole verifier.
        from betterauth_py.verify.event_loop import EventLoopRuntime

        self._runtime = EventLoopRuntime(clock)
        self._chain = SourceChain(sources, self._runtime)

    async def verify(self, headers: Headers) -> VerifiedSession:
        """Return the session and user of the request with these headers (a mapping or pairs, text or bytes).

        Raises:
            NoSessionError: if the request brings no session.
            InvalidSessionError: if its credentials are not, or no longer, those of a session.
            VerificationUnavailableError: if no source could be reached.
        """
        return await self._chain.find(headers)

    async def find(self, headers: Headers) -> VerifiedSession | None:
        """Return the session and user of the request, or None if it has no valid session.

        Raises:
            VerificationUnavailableError: if no source could be reached.
        """
        try:
            return await self._chain.find(headers)
        except (NoSessionError, InvalidSessionError):
            return None

    async def aclose(self) -> None:
        """Close the connections; the verifier may still be used and opens new ones."""
        await self._runtime.aclose()

    async def __aenter__(self) -> Self:
        """Return the verifier."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()
