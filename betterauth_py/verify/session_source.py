"""The base class of session sources."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from betterauth_py.clock import SteadyClock, SystemClock
from betterauth_py.errors import ConfigurationError
from betterauth_py.verify.credentials import Credentials
from betterauth_py.verify.records import VerifiedSession
from betterauth_py.verify.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The source cannot answer; the next one may. Without a `reason`, the request has no credentials for it."""

    reason: str = ""


NO_CREDENTIALS: Final = Unanswered()


class SessionSource(ABC):
    """Looks up sessions. A verifier tries its sources in order; the first that can answer decides."""

    name: ClassVar[str]
    _runtime: Runtime | None = None
    _clock: SteadyClock = SystemClock()
    _client: Any = None
    """The service's own HTTP client, if it passes one."""

    @abstractmethod
    async def find(self, credentials: Credentials) -> VerifiedSession | Unanswered:
        """Return the session, or that this source cannot answer.

        Raises:
            InvalidSessionError: if it can answer, and the answer is no.
            VerificationUnavailableError: if what it needs is unreachable.
        """

    def bind(self, runtime: Runtime) -> None:
        """Use the verifier's runtime: its event loop, or its threads.

        Raises:
            ConfigurationError: if the source belongs to another verifier, or does not fit this one.
        """
        if self._runtime is not None:
            raise ConfigurationError(f"This {type(self).__name__} belongs to another verifier. Make one for each.")
        if self._client is not None and hasattr(self._client, "aclose") != runtime.is_async:
            kinds = (
                ("httpx.AsyncClient", "SessionVerifier")
                if runtime.is_async
                else ("httpx.Client", "sync.SessionVerifier")
            )
            raise ConfigurationError(f"{type(self).__name__}: `client` has to be an {kinds[0]} for {kinds[1]}.")
        self._runtime = runtime
        self._clock = runtime.clock

    @property
    def runtime(self) -> Runtime:
        """The runtime."""
        if self._runtime is None:
            raise ConfigurationError(f"{type(self).__name__} is used without a verifier. Give it to SessionVerifier.")
        return self._runtime
