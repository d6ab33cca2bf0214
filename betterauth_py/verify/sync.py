"""The verifier without await, for Django, Flask and scripts: same sources, same results, thread-safe.

from betterauth_py.verify import sync

verifier = sync.SessionVerifier(sync.Remote("http://localhost:3001"))
verified = verifier.verify(request.headers)
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import betterauth_py.verify as asynchronous
from betterauth_py.clock import SteadyClock
from betterauth_py.verify.credentials import Headers
from betterauth_py.verify.errors import InvalidSessionError, NoSessionError
from betterauth_py.verify.threads import ThreadRuntime, run
from betterauth_py.verify.verifier import SourceChain

if TYPE_CHECKING:
    from betterauth_py.verify import (
        JWT,
        CookieCache,
        CookieNames,
        Database,
        Redis,
        Remote,
        Session,
        SessionError,
        SessionSource,
        User,
        VerificationUnavailableError,
        VerifiedSession,
    )

__all__ = [
    "JWT",
    "CookieCache",
    "CookieNames",
    "Database",
    "InvalidSessionError",
    "NoSessionError",
    "Redis",
    "Remote",
    "Session",
    "SessionError",
    "SessionSource",
    "SessionVerifier",
    "User",
    "VerificationUnavailableError",
    "VerifiedSession",
]


def __getattr__(name: str) -> Any:
    """Load a public name that both modules share."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(asynchronous, name)


class SessionVerifier:
    """Verifies the session of a request from its headers, blocking the thread. See the async class."""

    def __init__(self, *sources: SessionSource, clock: SteadyClock | None = None) -> None:
        """Try `sources` in this order; tests may pass a movable `clock`.

        Raises:
            ConfigurationError: if there is none, or one that needs an event loop.
        """
        self._runtime = ThreadRuntime(clock)
        self._chain = SourceChain(sources, self._runtime)

    def verify(self, headers: Headers) -> VerifiedSession:
        """Return the session and user of the request with these headers (a mapping or pairs, text or bytes).

        Raises:
            NoSessionError: if the request brings no session.
            InvalidSessionError: if its credentials are not, or no longer, those of a session.
            VerificationUnavailableError: if no source could be reached.
        """
        return run(self._chain.find(headers))

    def find(self, headers: Headers) -> VerifiedSession | None:
        """Return the session and user of the request, or None if it has no valid session.

        Raises:
            VerificationUnavailableError: if no source could be reached.
        """
        try:
            return run(self._chain.find(headers))
        except (NoSessionError, InvalidSessionError):
            return None

    def close(self) -> None:
        """Close the connections; the verifier may still be used and opens new ones."""
        run(self._runtime.aclose())

    def __enter__(self) -> Self:
        """Return the verifier."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()
