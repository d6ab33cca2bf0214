"""Keeps unknown clients from exhausting the rate limit of the auth service.

A service with a rate limit counts all requests of a verifier as one client's, unless it learns the clients' addresses.
A client that sends forged cookies could then use up the limit for all. So a rejection is cached for a moment, and once
the service has answered 429 or 503, credentials that were valid before have priority.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import Final, TypeVar

from betterauth_py.verify.errors import VerificationUnavailableError

BUSY: Final = frozenset({429, 503})
"""The statuses of a service that limits or sheds requests."""

_MOST_REMEMBERED: Final = 10_000
_REFUSAL_SECONDS: Final = 2.0
_PRESSED_SECONDS: Final = 60.0
# Half of what better-auth's rate limit allows by default: 100 requests in 10 seconds.
_SHORTEST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 10.0

Value = TypeVar("Value")
Refusal = tuple[str, tuple[str, ...]]
"""The reason of a rejection, and the cookies that came with it."""


class Patience:
    """Recent answers of one auth service; thread-safe."""

    def __init__(self) -> None:
        """Start without known credentials."""
        self._lock = Lock()
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._refused: OrderedDict[bytes, tuple[float, Refusal]] = OrderedDict()
        self._pressed_until = float("-inf")
        self._wait = _SHORTEST_WAIT
        self._next_turn = float("-inf")

    @staticmethod
    def digest(cookie: str, authorization: str) -> bytes:
        """Return the key of these credentials: a digest, so that the credentials themselves are not kept."""
        return hashlib.sha256(f"{cookie}\0{authorization}".encode("utf-8", "surrogatepass")).digest()

    def refusal(self, digest: bytes) -> Refusal | None:
        """Return the recent rejection of these credentials, if there is one."""
        if digest not in self._refused:
            return None
        with self._lock:
            until, refusal = self._refused.get(digest, (0.0, None))
            return refusal if until > monotonic() else None

    def take_turn(self, digest: bytes) -> None:
        """Let known credentials pass, and others unless the service has recently answered 429 or 503.

        Raises:
            VerificationUnavailableError: if it has, and other unknown credentials have just had a turn.
        """
        if digest in self._known or (now := monotonic()) >= self._pressed_until:
            return
        with self._lock:
            if now < self._next_turn:
                raise VerificationUnavailableError("the auth service is asked too often, and those it knows go first")
            self._next_turn = now + self._wait

    def accepted(self, digest: bytes) -> None:
        """Remember these credentials as known; the oldest ones are dropped."""
        if digest in self._known:
            return
        with self._lock:
            _remember(self._known, digest, None)

    def refused(self, digest: bytes, refusal: Refusal) -> None:
        """Remember a rejection."""
        with self._lock:
            self._known.pop(digest, None)
            _remember(self._refused, digest, (monotonic() + _REFUSAL_SECONDS, refusal))

    def pressed(self, digest: bytes) -> None:
        """Slow unknown credentials down, because the service is overloaded; more if these are known ones."""
        now = monotonic()
        with self._lock:
            if now >= self._pressed_until:
                self._wait = _SHORTEST_WAIT
            elif digest in self._known:
                self._wait = min(self._wait * 2, _LONGEST_WAIT)
            self._pressed_until = now + _PRESSED_SECONDS


def _remember(kept: OrderedDict[bytes, Value], digest: bytes, value: Value) -> None:
    kept[digest] = value
    kept.move_to_end(digest)
    if len(kept) > _MOST_REMEMBERED:
        kept.popitem(last=False)
