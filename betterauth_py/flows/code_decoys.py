"""Codes of nobody: an address that no user has gets no code, and guesses at it are answered as if it had got one.

Otherwise "too many attempts" and "expired" would reveal that a code was mailed, and so that there is a user. Nothing is
stored but counts, where wrong passwords are counted too.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.options.rate_limit import RateLimitRule
from betterauth_py.store.rate_limits import ACCOUNT_PREFIX
from betterauth_py.turns import Turns

_TURNS: Final = Turns()


class Decoy:
    """The code that nobody has got under one identifier."""

    def __init__(self, auth: AuthContext, identifier: str, life: int) -> None:
        """Take the life of codes in seconds."""
        self._auth, self._counts = auth, auth.rate_limiter.accounts
        digest = sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        lives, kept, self._guesses = (f"{ACCOUNT_PREFIX}{digest}|code {part}" for part in ("lives", "kept", "guesses"))
        self._life = max(life, 1)
        # Rows are found until they are cleaned up, about as long as they have lived.
        self._marks = ((lives, self._life), (kept, 2 * self._life))

    async def start(self) -> None:
        """Begin: no code was sent, and the client does not learn it."""
        await self.end()
        for key, life in self._marks:
            await self._counts.consume(key, RateLimitRule(window=life, max=1))

    async def end(self) -> None:
        """Forget it: a code has been sent, or it is deleted."""
        for key in (self._guesses, *(key for key, _ in self._marks)):
            await self._counts.forget(key)

    async def is_alive(self) -> bool:
        """Return whether it would be there and not expired."""
        return await self._is_marked(*self._marks[0])

    async def is_expired(self) -> bool:
        """Return whether it would be there, expired. Asked when it is not alive; then it is deleted."""
        if not self._auth.verifications.in_database or not await self._is_marked(*self._marks[1]):
            return False
        await self.end()
        return True

    async def may_guess(self, attempts: int) -> bool:
        """Count one wrong guess; after the last of `attempts` it is deleted."""
        rule = RateLimitRule(window=self._life, max=attempts)
        if (await self._counts.consume(self._guesses, rule)).allowed:
            return True
        await self.end()
        return False

    async def _is_marked(self, key: str, life: int) -> bool:
        # Two who looked at once would take each other's look for the mark.
        async with _TURNS.of(key):
            if not (await self._counts.consume(key, RateLimitRule(window=life, max=1))).allowed:
                return True
            await self._counts.forget(key)
            return False
