"""Codes that a user gets by mail or text: stored with the number of wrong guesses, used once.

A row of `verification` holds a code as `<code as stored>:<wrong guesses>`, as better-auth 1.7.25 does. Whoever guesses
replaces the row he has found (compare-and-set), so that no two guesses count as one and no two callers use one code.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Final

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.refusals import RefusedError
from betterauth_py.flows.code_decoys import Decoy
from betterauth_py.flows.single_use import find_single_use_value, store_single_use_value, verification_row
from betterauth_py.store.hooks import Row

Matches = Callable[[str], Awaitable[bool]]
"""Tells whether the guessed code is the stored one, which it gets as it is stored."""

# As many values as one statement compares.
_MOST_ATTEMPTS_IN_ONE: Final = 10


class CodeRefusal(Enum):
    """Why a code is refused."""

    WRONG = "INVALID_OTP"
    """It is not the code, or there is none (any more)."""
    EXPIRED = "OTP_EXPIRED"
    """The code has expired; it is deleted."""
    TOO_MANY = "TOO_MANY_ATTEMPTS"
    """There have been too many wrong guesses; the code is deleted."""


class CodeRefusedError(RefusedError):
    """A code is refused."""

    refusal: CodeRefusal

    def __init__(self, refusal: CodeRefusal, *, is_absent: bool = False) -> None:
        """Take the reason, and whether there was no code at all."""
        super().__init__(refusal)
        self.is_absent = is_absent


async def store_code(auth: AuthContext, identifier: str, stored: str, life: int) -> None:
    """Store a code (`stored`: as the options say, such as its hash) for `life` seconds; it replaces an earlier one."""
    await store_single_use_value(auth, identifier, f"{stored}:0", life)


async def store_code_discreetly(auth: AuthContext, identifier: str, stored: str, life: int, *, pretend: bool) -> None:
    """As `store_code`; with `pretend` nothing is stored, in the same time, and earlier codes are deleted.

    Guesses at it are then answered as if it were stored, if `use_code` and `check_code` are given the same `life`.
    """
    now = auth.now()
    row = verification_row(auth, identifier, f"{stored}:0", now, life)
    await auth.verifications.create_or_pretend(row, now, pretend=pretend)
    decoy = Decoy(auth, identifier, life)
    await (decoy.start() if pretend else decoy.end())


async def find_code(auth: AuthContext, identifier: str) -> tuple[str, int] | None:
    """Return the unexpired code as it is stored and how many wrong guesses there were; None if there is none."""
    found = await find_single_use_value(auth, identifier)
    return None if found is None else _split(found["value"])


async def find_reusable_code(auth: AuthContext, identifier: str, attempts: int) -> tuple[str, Row] | None:
    """Return the unexpired code as it is stored, with its row, unless the next guess would delete it."""
    found = await find_single_use_value(auth, identifier)
    if found is None:
        return None
    stored, guesses = _split(found["value"])
    return (stored, found) if guesses < attempts else None


async def prolong_code(auth: AuthContext, identifier: str, row: Row, life: int) -> None:
    """Let a code that `find_reusable_code` has found live `life` seconds from now; takes as long as a new code."""
    async with auth.database.transaction():
        await auth.verifications.update(identifier, {"expiresAt": auth.after(life)}, auth.now(), still=row)
        await auth.verifications.forget(f"{identifier}:of-nobody")
    await Decoy(auth, identifier, life).end()


async def use_code(
    auth: AuthContext,
    identifier: str,
    matches: Matches,
    *,
    attempts: int,
    life: int | None = None,
    stored: str | None = None,
) -> None:
    """Use the code up if it `matches`; of several callers at once, one succeeds.

    Args:
        auth: the auth.
        identifier: that of `store_code`.
        matches: tells whether the guess is right.
        attempts: how many wrong guesses a code survives; the next guess deletes it.
        life: seconds for which codes live. With it, a code that `store_code_discreetly` only pretended to store is
            treated as one that was stored.
        stored: what is stored of the guessed code, if that is known: then one statement does it.

    Raises:
        CodeRefusedError: if it is not the code, or expired, or too often guessed.
    """
    values = None if stored is None else values_of(stored, attempts)
    if values is not None and await auth.verifications.take_exactly({identifier: values}, auth.now()):
        return
    await _judge(auth, identifier, matches, attempts, life, keep=False)


def values_of(stored: str, attempts: int) -> list[str] | None:
    """Return what the row of a code may hold while it can be used; None if one statement cannot compare so much."""
    return None if attempts > _MOST_ATTEMPTS_IN_ONE else [f"{stored}:{guesses}" for guesses in range(attempts)]


async def check_code(
    auth: AuthContext, identifier: str, matches: Matches, *, attempts: int, life: int | None = None
) -> None:
    """Do as `use_code`, but keep a code that matches, for the call that uses it.

    Raises:
        CodeRefusedError: as `use_code`.
    """
    await _judge(auth, identifier, matches, attempts, life, keep=True)


async def _judge(
    auth: AuthContext, identifier: str, matches: Matches, attempts: int, life: int | None, *, keep: bool
) -> None:
    kept_by_hook: Row | None = None
    while True:
        now = auth.now()
        found = await auth.verifications.find_replaceable(identifier, now)
        if found is None and life is not None:
            answer = await _judge_nothing(auth, identifier, attempts, life)
            raise CodeRefusedError(answer, is_absent=answer is CodeRefusal.WRONG and kept_by_hook is None)
        if found is None or found == kept_by_hook:
            raise CodeRefusedError(CodeRefusal.WRONG, is_absent=found is None and kept_by_hook is None)
        refusal, successor = None, None
        stored, guesses = _split(found["value"])
        if found["expiresAt"] < now:
            refusal = CodeRefusal.EXPIRED
        elif guesses >= attempts:
            refusal = CodeRefusal.TOO_MANY
        elif not await matches(stored):
            refusal = CodeRefusal.WRONG
            successor = _successor(auth, found, f"{stored}:{guesses + 1}")
        elif keep:
            successor = _successor(auth, found, found["value"])
        if refusal is CodeRefusal.WRONG and life is not None:
            # The step that a guess takes if there is no code.
            await Decoy(auth, identifier, life).is_alive()
        is_replaced = await auth.verifications.replace(found, successor, now)
        # Looking for an expired row may have deleted it.
        if refusal is not None and (is_replaced or refusal is CodeRefusal.EXPIRED):
            raise CodeRefusedError(refusal)
        if is_replaced:
            return
        # Somebody was faster: judge what is there now. What has not changed is kept by a hook.
        kept_by_hook = found


async def _judge_nothing(auth: AuthContext, identifier: str, attempts: int, life: int) -> CodeRefusal:
    """Refuse a guess at a code that there is not, in the time that a wrong guess at a code takes."""
    nobodys = auth.generate_id("verification")
    await auth.verifications.pretend_to_replace(verification_row(auth, nobodys, nobodys, auth.now(), 0))
    decoy = Decoy(auth, identifier, life)
    if await decoy.is_alive():
        return CodeRefusal.WRONG if await decoy.may_guess(attempts) else CodeRefusal.TOO_MANY
    return CodeRefusal.EXPIRED if await decoy.is_expired() else CodeRefusal.WRONG


def _successor(auth: AuthContext, found: Row, value: str) -> Row:
    row = verification_row(auth, found["identifier"], value, auth.now(), 0)
    return {**row, "expiresAt": found["expiresAt"]}


def _split(value: str) -> tuple[str, int]:
    stored, colon, guesses = value.rpartition(":")
    if not colon:
        return value, 0
    return stored, int(guesses) if guesses.isascii() and guesses.isdecimal() else 0
