"""The lock of an account after too many wrong codes in a row, of all sign-ins together (NIST SP 800-63B, 5.2.2)."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import APIError, EndpointContext, ErrorCode, Row, Where
from betterauth_py.plugins.tools import SecurityEvent, logger, record
from betterauth_py.plugins.two_factor.challenges import (
    Claimant,
    begin_attempt,
    record_attempt,
    rejected,
    spend,
    spend_at_once,
)
from betterauth_py.plugins.two_factor.errors import TwoFactorErrorCodes
from betterauth_py.plugins.two_factor.options import TwoFactorOptions

Context = EndpointContext[Any, Any]
_UNLOCKED = {"failedVerificationCount": 0, "lockedUntil": None}


class Lockout:
    """The lock, by the options of one deployment. Signed-in users neither meet nor cause it."""

    def __init__(self, options: TwoFactorOptions) -> None:
        """Lock as `options` say."""
        self._options = options.account_lockout

    async def refuse_locked(self, ctx: Context, factor: Row) -> Row:
        """Return the row of the factor, unlocked if its time is over.

        Raises:
            APIError: 429 while it is locked.
        """
        now, locked_until = ctx.auth.now(), factor["lockedUntil"]
        if not self._options.enabled or locked_until is None:
            return factor
        if locked_until > now:
            raise locked()
        has_id = Where("id", factor["id"])
        await ctx.auth.rows.increment("twoFactor", {}, has_id, Where("lockedUntil", now, "lte"), changes=_UNLOCKED)
        current = await ctx.auth.rows.find_one("twoFactor", has_id)
        if current is None or current["lockedUntil"] is not None:
            # Locked again in the meantime.
            raise locked()
        return current

    async def judge(
        self,
        ctx: Context,
        claimant: Claimant,
        factor: Row,
        error: ErrorCode,
        *,
        is_right: bool,
        ends_challenge: bool = True,
    ) -> None:
        """Use up the challenge of a sign-in if the code is right; else count the code, for it and the account.

        Raises:
            APIError: 401 with `error` for a wrong code, 401 if the challenge is used up, 400 after too many codes.
        """
        if is_right and ends_challenge and await spend_at_once(ctx, claimant):
            return
        attempts = await begin_attempt(ctx, claimant)
        if not is_right:
            await record_attempt(ctx, claimant, attempts)
            await self.record_failure(ctx, claimant.user, factor)
            raise rejected(ctx, claimant, error)
        if ends_challenge:
            await spend(ctx, claimant)

    async def record_failure(self, ctx: Context, user: Row, factor: Row) -> None:
        """Count one wrong code, and lock the account if it was the last."""
        if not self._options.enabled:
            return
        most, has_id = self._options.max_failed_attempts, Where("id", factor["id"])
        counted = await ctx.auth.rows.increment("twoFactor", {"failedVerificationCount": 1}, has_id)
        if counted is None or counted["failedVerificationCount"] < most:
            return
        until = ctx.auth.after(self._options.duration_seconds)
        is_spent = Where("failedVerificationCount", most, "gte")
        await ctx.auth.rows.increment("twoFactor", {}, has_id, is_spent, changes={"lockedUntil": until})
        logger.warning("The second factor of an account is locked for %d s", self._options.duration_seconds)
        record(ctx, SecurityEvent.SECOND_FACTOR_LOCKED, user)

    @property
    def reset_changes(self) -> Row:
        """What `reset` writes, for a statement that changes more."""
        return _UNLOCKED if self._options.enabled else {}

    async def reset(self, ctx: Context, factor: Row) -> None:
        """Begin to count anew after a right code.

        Raises:
            APIError: 429 if wrong codes have locked the account meanwhile.
        """
        if not self._options.enabled or (factor["failedVerificationCount"] == 0 and factor["lockedUntil"] is None):
            return
        if not await ctx.auth.rows.increment("twoFactor", {}, *self.open_conditions(factor), changes=_UNLOCKED):
            raise locked()

    def open_conditions(self, factor: Row) -> list[Where]:
        """Return what must be true of the factor's row when a code lets its user in."""
        conditions = [Where("id", factor["id"])]
        if self._options.enabled:
            conditions.append(Where("lockedUntil", None))
            if factor["failedVerificationCount"] is not None:
                # A row from before there was the column has no count yet.
                conditions.append(Where("failedVerificationCount", self._options.max_failed_attempts, "lt"))
        return conditions


def locked() -> APIError:
    """Return the refusal."""
    return APIError.of(429, TwoFactorErrorCodes.ACCOUNT_TEMPORARILY_LOCKED)
