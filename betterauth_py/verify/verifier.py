"""The verifier: ways in an order, and the first that can answer wins."""

from __future__ import annotations

import logging
from types import TracebackType
from typing import Final, Self

from betterauth_py.clock import SteadyClock
from betterauth_py.errors import ConfigurationError
from betterauth_py.verify.credentials import Credentials, Headers
from betterauth_py.verify.errors import CannotTellError, InvalidSessionError, NoSessionError
from betterauth_py.verify.records import VerifiedSession
from betterauth_py.verify.runtime import Runtime
from betterauth_py.verify.ways import Unanswered, Way

logger = logging.getLogger("betterauth.verify")


class Looker:
    """Asks the ways of a verifier, whatever does the waiting."""

    def __init__(self, ways: tuple[Way, ...], runtime: Runtime) -> None:
        """Bind the ways.

        Raises:
            ConfigurationError: if there is none, or one that does not fit.
        """
        if not ways:
            raise ConfigurationError("SessionVerifier has no way to know a session. Give it one, e.g. Remote(url).")
        for way in ways:
            if not isinstance(way, Way):
                raise ConfigurationError(f"SessionVerifier takes ways such as Remote(url), not a {type(way).__name__}.")
            way.bind(runtime)
        self._ways: Final = ways

    async def look(self, headers: Headers) -> VerifiedSession:
        """Return the session of a request.

        Raises:
            SessionError: if there is none.
        """
        credentials = Credentials(headers)
        unable: CannotTellError | None = None
        reason = ""
        for way in self._ways:
            try:
                answer = await way.look(credentials)
            except CannotTellError as error:
                logger.warning("The way %r cannot tell: %s", way.name, error.reason)
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
    """Tells who is signed in, from the headers of a request; for asyncio.

    The ways are asked in the order given. One that finds nothing of its kind in the request, or a cached session that
    is no longer good, leaves the question to the next; a clear answer, yes or no, ends it. If one could not be asked
    (its service is down) the next ones are tried; when none of them knows, nobody is let in: `CannotTellError`.
    """

    def __init__(self, *ways: Way, clock: SteadyClock | None = None) -> None:
        """Ask `ways` in this order; a test may give a `clock` that it moves.

        Raises:
            ConfigurationError: if there is none, or one that does not fit an event loop.
        """
        # Here, because importing asyncio takes longer than all of the verifier.
        from betterauth_py.verify.event_loop import EventLoopRuntime

        self._runtime = EventLoopRuntime(clock)
        self._looker = Looker(ways, self._runtime)

    async def verify(self, headers: Headers) -> VerifiedSession:
        """Return the session and user of the request with these headers (a mapping or pairs, text or bytes).

        Raises:
            NoSessionError: if the request brings no session.
            InvalidSessionError: if what it brings is no session, or one that is over.
            CannotTellError: if nobody could be asked.
        """
        return await self._looker.look(headers)

    async def find(self, headers: Headers) -> VerifiedSession | None:
        """Return the session and user of the request, or None if it has no valid session.

        Raises:
            CannotTellError: if nobody could be asked.
        """
        try:
            return await self._looker.look(headers)
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
