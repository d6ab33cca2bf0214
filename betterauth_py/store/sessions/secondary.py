"""Sessions in secondary storage, in the layout of better-auth 1.7.25.

Under the session's token, `{"session": ..., "user": ...}` for as long as the session lives; under
`active-sessions-<user id>`, the user's sessions as `[{"token": ..., "expiresAt": milliseconds}, ...]`, the one that
ends last at the end, for as long as that one lives. better-auth reads these values and then writes them; here a write
takes place only if the value is still the one that was read, so that no change is lost and no ended session returns.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from betterauth_py.clock import Clock
from betterauth_py.errors import SecondaryStorageError
from betterauth_py.javascript import json
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.options import SecondaryStorage
from betterauth_py.store.hooks import Row
from betterauth_py.store.sessions.query import SessionAndUser
from betterauth_py.store.sessions.revocations import SessionRevocations, is_ended
from betterauth_py.store.stored_values import get_many, read_date, swap

logger = logging.getLogger("betterauth")

Reference = dict[str, Any]
"""An entry of the list of a user's sessions: `token` and `expiresAt`, in milliseconds."""

_MOST_TRIES: Final = 100
# JavaScript has no later date, in milliseconds.
_LATEST: Final = 8_640_000_000_000_000


class SecondarySessions:
    """Sessions with their users under their tokens, and the list of each user's sessions."""

    def __init__(self, storage: SecondaryStorage, clock: Clock, longest_life: int) -> None:
        """Store them in `storage`; no session lives longer than `longest_life` seconds."""
        self._storage = storage
        self._clock = clock
        self._revocations = SessionRevocations(storage, longest_life)

    async def find(self, token: str) -> SessionAndUser | None:
        """Return the session with this token and its user, in one round trip; expired ones too.

        A stored value that is not a session with that token is treated as absent.

        Raises:
            SessionRevokedError: if it exists, but all of its user's sessions have been ended since it began.
        """
        stored, known = await self._revocations.read(token)
        found = None if stored is None else _read(token, stored)
        if found is not None:
            await self._revocations.refuse_ended(found[0], known)
        return found

    async def add(self, session: Row, user: Row) -> None:
        """Store a session for as long as it lives, then its entry in the list."""
        life = self._life(session["expiresAt"])
        if life > 0:
            await self._storage.set(session["token"], _written(session, user), life)
            await self._enlist(session["userId"], session["token"], session["expiresAt"])
            self._revocations.remember(session["token"], session["userId"])

    async def update(self, token: str, changes: Row) -> Row | None:
        """Change a session and return it; None if there is none."""
        for _ in range(_MOST_TRIES):
            stored = await self._storage.get(token)
            found = None if stored is None else _read(token, stored)
            if found is None:
                return None
            session = {**found[0], **changes}
            life = self._life(session["expiresAt"])
            if life <= 0:
                return session
            if await swap(self._storage, token, stored, _written(session, found[1]), life):
                await self._enlist(session["userId"], token, session["expiresAt"])
                return session
        raise SecondaryStorageError("A session changes too often to be changed.")

    async def delete(self, token: str) -> None:
        """Delete a session and its entry in the list."""
        stored = await self._storage.get(token)
        found = None if stored is None else _read(token, stored)
        await self._storage.delete(token)
        if found is not None:
            await self._edit_list(found[0]["userId"], lambda others: _without(others, {token}))

    async def list_active(self, user_id: str) -> list[Row]:
        """Return the user's unexpired sessions, the one that expires first at the start."""
        tokens = dict.fromkeys(reference["token"] for reference in await self.references(user_id))
        values = await get_many(self._storage, list(tokens))
        sessions = (_read_session(stored) for stored in values if stored is not None)
        now = self._clock.milliseconds()
        active = [session for session in sessions if session and to_milliseconds(session["expiresAt"]) > now]
        marks = {owner: await self._revocations.moment(owner) for owner in {session["userId"] for session in active}}
        return [session for session in active if not is_ended(session, marks[session["userId"]])]

    async def references(self, user_id: str) -> list[Reference]:
        """Return the list entries of the user's unexpired sessions."""
        return self._live(await self._storage.get(_list_key(user_id)))

    async def end_all(self, user_id: str, references: Iterable[Reference], moment: int) -> None:
        """End the user's sessions that began before `moment` (milliseconds), listed or not; delete the listed ones."""
        await self._revocations.revoke_before(user_id, moment)
        await self.delete_all(user_id, references)

    async def delete_all(self, user_id: str, references: Iterable[Reference] = (), *, but: str | None = None) -> None:
        """Delete the user's sessions that are in the list or in `references`, except the one with the token `but`."""
        listed = await self.references(user_id)
        tokens = {reference["token"] for reference in (*listed, *references)} - {but}
        await asyncio.gather(*(self._storage.delete(token) for token in tokens))
        await self._edit_list(user_id, lambda others: _without(others, tokens))

    async def replace_user(self, user_id: str, read_user: Callable[[], Any]) -> Row | None:
        """Store in the user's sessions the user that `read_user` returns; it is called after they have been read.

        So the later of two concurrent changes remains.
        """
        tokens = {reference["token"] for reference in await self.references(user_id)}
        user: Row | None = None
        for _ in range(_MOST_TRIES):
            values = dict(zip(tokens, await get_many(self._storage, list(tokens)), strict=True))
            user = await read_user()
            if user is None or not tokens:
                return user
            done = await asyncio.gather(*(self._give_user(token, stored, user) for token, stored in values.items()))
            tokens = {token for token, is_done in zip(values, done, strict=True) if not is_done}
            if not tokens:
                return user
        raise SecondaryStorageError("A user's sessions change too often to be changed.")

    async def _give_user(self, token: str, stored: str | None, user: Row) -> bool:
        found = None if stored is None else _read(token, stored)
        life = 0 if found is None else self._life(found[0]["expiresAt"])
        if found is None or life <= 0:
            return True
        return await swap(self._storage, token, stored, _written(found[0], user), life)

    async def _enlist(self, user_id: str, token: str, ends: datetime) -> None:
        own = {"token": token, "expiresAt": to_milliseconds(ends)}
        await self._edit_list(user_id, lambda others: [*_without(others, {token}), own])

    async def _edit_list(self, user_id: str, edit: Callable[[list[Reference]], list[Reference]]) -> None:
        key = _list_key(user_id)
        for _ in range(_MOST_TRIES):
            stored = await self._storage.get(key)
            edited = sorted(edit(self._live(stored)), key=lambda reference: reference["expiresAt"])
            life = int(edited[-1]["expiresAt"] - self._clock.milliseconds()) // 1000 if edited else 0
            text = json.stringify(edited).decode() if life > 0 else None
            if stored == text or await swap(self._storage, key, stored, text, life):
                return
        raise SecondaryStorageError("The list of a user's sessions changes too often to be changed.")

    def _live(self, stored: str | None) -> list[Reference]:
        entries = _parsed(stored) if stored else None
        now = self._clock.milliseconds()
        return [
            entry
            for entry in (entries if isinstance(entries, list) else ())
            if _is_reference(entry) and entry["expiresAt"] > now
        ]

    def _life(self, ends: datetime) -> int:
        """Return the whole seconds until then."""
        return max((to_milliseconds(ends) - self._clock.milliseconds()) // 1000, 0)


def _list_key(user_id: str) -> str:
    return f"active-sessions-{user_id}"


def _read(token: str, stored: str) -> SessionAndUser | None:
    value = _parsed(stored)
    if not isinstance(value, dict):
        return None
    value = json.revive_dates(value)
    session, user = _typed(value.get("session")), value.get("user")
    if session is None or session.get("token") != token or not isinstance(user, dict):
        return None
    if user.get("id") != session["userId"]:
        return None
    for name in ("createdAt", "updatedAt"):
        user[name] = read_date(user.get(name))
    return session, user


def _read_session(stored: str) -> Row | None:
    value = _parsed(stored)
    return _typed(value.get("session")) if isinstance(value, dict) else None


def _typed(session: Any) -> Row | None:
    """Return the session with its dates as `datetime`, or None if it lacks a field that every session has."""
    if not isinstance(session, dict) or not isinstance(session.get("userId"), str):
        return None
    for name in ("expiresAt", "createdAt", "updatedAt"):
        session[name] = read_date(session.get(name))
        if session[name] is None:
            return None
    return session


def _without(references: list[Reference], tokens: set[str]) -> list[Reference]:
    return [reference for reference in references if reference["token"] not in tokens]


def _is_reference(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("token"), str):
        return False
    ends = entry.get("expiresAt")
    return isinstance(ends, int | float) and ends < _LATEST


def _written(session: Row, user: Row) -> str:
    return json.stringify({"session": session, "user": user}).decode()


def _parsed(stored: str) -> Any:
    try:
        return json.parse(stored.encode("utf-8", "surrogatepass"))
    except json.InvalidJSONError:
        logger.error("A value in the secondary storage is not JSON")
        return None
