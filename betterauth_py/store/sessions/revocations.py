"""The moment when all of a user's sessions in secondary storage were ended last: better-auth 1.7.25's mark.

A stored session that began before that moment is invalid, so that a copy written while the sessions were being deleted
does not revive one.
"""

from __future__ import annotations

from typing import Final

from betterauth_py.errors import SecondaryStorageError
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.options import SecondaryStorage
from betterauth_py.store.hooks import Row
from betterauth_py.store.stored_values import get_many, swap
from betterauth_py.wire.revocations import revocation_key, revocation_moment

_MOST_TRIES: Final = 100
# About 200 bytes each.
_MOST_REMEMBERED: Final = 10_000


class SessionRevokedError(Exception):
    """Secondary storage holds this session, but all of its user's sessions have been ended since it began."""


class SessionRevocations:
    """The marks, read together with the sessions that they may end."""

    def __init__(self, storage: SecondaryStorage, life: int) -> None:
        """Store marks in `storage` for `life` seconds, longer than any session lives."""
        self._storage = storage
        self._life = life
        # A session's user never changes, and knowing it saves a round trip.
        self._users: dict[str, str] = {}

    async def read(self, token: str) -> tuple[str | None, tuple[str, float] | None]:
        """Return what is stored under a session's token and, if its user is known already, the user's id and mark."""
        user_id = self._users.get(token)
        if user_id is None:
            return await self._storage.get(token), None
        stored, mark = await get_many(self._storage, [token, revocation_key(user_id)])
        return stored, (user_id, revocation_moment(mark))

    async def refuse_ended(self, session: Row, known: tuple[str, float] | None) -> None:
        """Check a session against its user's mark; `known` is what `read` returned.

        Raises:
            SessionRevokedError: if the session began before the mark.
        """
        user_id = session["userId"]
        if known is None or known[0] != user_id:
            self.remember(session["token"], user_id)
            known = user_id, await self.moment(user_id)
        if is_ended(session, known[1]):
            raise SessionRevokedError

    async def moment(self, user_id: str) -> float:
        """Return the user's mark in milliseconds, 0 if there is none."""
        return revocation_moment(await self._storage.get(revocation_key(user_id)))

    async def revoke_before(self, user_id: str, moment: int) -> None:
        """End the user's sessions that began before `moment` (milliseconds); a later mark stays.

        Raises:
            SecondaryStorageError: if the mark cannot be stored.
        """
        key = revocation_key(user_id)
        for _ in range(_MOST_TRIES):
            stored = await self._storage.get(key)
            latest = max(moment, revocation_moment(stored))
            if await swap(self._storage, key, stored, f"{latest:.0f}", self._life):
                return
        raise SecondaryStorageError("The moment of a user's last revocation changes too often to be changed.")

    def remember(self, token: str, user_id: str) -> None:
        """Remember the user of this session."""
        if len(self._users) >= _MOST_REMEMBERED:
            del self._users[next(iter(self._users))]
        self._users[token] = user_id


def is_ended(session: Row, moment: float) -> bool:
    """Return whether the session began before `moment` (milliseconds)."""
    return to_milliseconds(session["createdAt"]) < moment
