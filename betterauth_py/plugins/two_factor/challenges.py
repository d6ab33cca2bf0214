"""A sign-in that waits for its second factor: the session is taken back, and a signed cookie names the challenge.

The challenge is a verification row with the user's id, and beside it one that counts the codes that were tried, as
better-auth 1.7.25 keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from betterauth_py.plugins import APIError, Cookie, EndpointContext, ErrorCode, Row, Where, find_session
from betterauth_py.plugins.tools import (
    SecurityEvent,
    delete_session_cookie,
    generate_id,
    record,
    store_single_use_values,
)
from betterauth_py.plugins.two_factor.errors import TwoFactorErrorCodes
from betterauth_py.plugins.two_factor.options import TwoFactorOptions

Context = EndpointContext[Any, Any]

CHALLENGE_ERRORS: Final = (
    (400, TwoFactorErrorCodes.TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE),
    (401, TwoFactorErrorCodes.INVALID_TWO_FACTOR_COOKIE),
    (429, TwoFactorErrorCodes.ACCOUNT_TEMPORARILY_LOCKED),
)
_COOKIE: Final = "two_factor"
_PREFIX: Final = "2fa-"
_ATTEMPTS: Final = 5


@dataclass(frozen=True)
class Claimant:
    """Who proves a second factor: a signed-in user, or one whose sign-in waits for it."""

    user: Row
    session: Row | None = None
    challenge: Row | None = None
    """The verification row of the sign-in; None for a signed-in user."""
    name: str = ""
    """The challenge's identifier, as the cookie names it."""
    factor: Row | None = None
    """The row of secrets and backup codes, as it was found with the challenge."""

    @property
    def key(self) -> str:
        """What names the code that is sent to them."""
        return self.name if self.session is None else f"{self.user['id']}!{self.session['id']}"

    @property
    def attempts(self) -> str:
        """The identifier of the row that counts the codes tried."""
        return f"{_PREFIX}attempts-{self.name}"


def challenge_cookie(ctx: Context, max_age: int | None = None) -> Cookie:
    """Return the cookie that names the challenge."""
    return ctx.auth.make_cookie(_COOKIE, max_age)


async def hold_back_session(ctx: Context, options: TwoFactorOptions) -> None:
    """Take back the session that this call has started, and begin a challenge of its user.

    Whatever answer the call gives then holds no session. `dont_remember` stays, for the session that follows.
    """
    if ctx.new_session is None:
        return
    (session, user), ctx.new_session = ctx.new_session, None
    delete_session_cookie(ctx, keep_dont_remember=True)
    await ctx.auth.sessions.delete(session["token"])
    record(ctx, SecurityEvent.SECOND_FACTOR_REQUIRED, user)
    life = options.two_factor_cookie_max_age
    name = f"{_PREFIX}{generate_id(20)}"
    values = {name: user["id"], f"{_PREFIX}attempts-{name}": "0"}
    await store_single_use_values(ctx.auth, values, ctx.auth.after(life))
    cookie = challenge_cookie(ctx, life)
    ctx.set_signed_cookie(cookie, name, max_age=cookie.attributes.max_age)


async def find_claimant(ctx: Context) -> Claimant:
    """Return who calls: the signed-in user, else the user of the challenge.

    Raises:
        APIError: 401 if there is neither.
    """
    if ctx.session_source != "hook":
        # An earlier hook may have read it from the cookie.
        ctx.session = None
    found = await find_session(ctx, disable_cookie_cache=True)
    if found is not None:
        session, user = found
        return Claimant(user, session=session)
    name = ctx.get_signed_cookie(challenge_cookie(ctx))
    if name is None or not name.startswith(_PREFIX):
        raise APIError.of(401, TwoFactorErrorCodes.INVALID_TWO_FACTOR_COOKIE)
    owned = await ctx.auth.verifications.find_with_owner(name, "twoFactor", ctx.auth.now())
    # A sign-in that has begun with a former password ends with it.
    if owned is None or owned.user is None or owned.is_older_than_password:
        raise APIError.of(401, TwoFactorErrorCodes.INVALID_TWO_FACTOR_COOKIE)
    return Claimant(owned.user, challenge=owned.value, name=name, factor=owned.related)


async def factor_of(ctx: Context, claimant: Claimant) -> Row | None:
    """Return the claimant's row of secrets and backup codes."""
    return claimant.factor if claimant.session is None else await find_factor(ctx, claimant.user["id"])


async def find_factor(ctx: Context, user_id: str) -> Row | None:
    """Return the user's row of secrets and backup codes."""
    return await ctx.auth.rows.find_one("twoFactor", Where("userId", user_id))


async def spend_at_once(ctx: Context, claimant: Claimant, code: tuple[str, list[str]] | None = None) -> bool:
    """Use up the challenge with its code, in one statement; False says nothing: go the long way then.

    Args:
        ctx: the call.
        claimant: whose challenge it is.
        code: what a sent code is stored as, by its identifier. None: a code of an app, which counts as an attempt; that
            there are attempts left is demanded in the same statement.
    """
    spent = code or (claimant.attempts, [str(attempts) for attempts in range(_ATTEMPTS)])
    wanted = {spent[0]: spent[1], claimant.name: [claimant.user["id"]]}
    return await ctx.auth.verifications.take_exactly(wanted, ctx.auth.now())


async def spend(ctx: Context, claimant: Claimant) -> None:
    """Use up the challenge; of several callers at once, one does.

    Raises:
        APIError: 401 if it is used up.
    """
    consumed = await ctx.auth.verifications.consume(claimant.name, ctx.auth.now())
    if consumed is None or consumed["value"] != claimant.user["id"]:
        ctx.expire_cookie(challenge_cookie(ctx))
        raise APIError.of(401, TwoFactorErrorCodes.INVALID_TWO_FACTOR_COOKIE)


async def begin_attempt(ctx: Context, claimant: Claimant) -> int:
    """Take the count of codes tried, so that nobody else tries one now; return it, for `record_attempt`.

    Raises:
        APIError: 401 if somebody else tries one, 400 after too many; the challenge is then used up.
    """
    consumed = await ctx.auth.verifications.consume(claimant.attempts, ctx.auth.now())
    if consumed is None:
        raise APIError.of(401, TwoFactorErrorCodes.INVALID_TWO_FACTOR_COOKIE)
    value = consumed["value"]
    attempts = int(value) if value.isascii() and value.isdecimal() else _ATTEMPTS
    if attempts < _ATTEMPTS:
        return attempts
    await ctx.auth.verifications.consume(claimant.name, ctx.auth.now())
    ctx.expire_cookie(challenge_cookie(ctx))
    raise APIError.of(400, TwoFactorErrorCodes.TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE)


async def record_attempt(ctx: Context, claimant: Claimant, attempts: int) -> None:
    """Count a wrong code of the challenge: give back the count that `begin_attempt` has taken, one more."""
    if claimant.challenge is not None:
        expires_at = claimant.challenge["expiresAt"]
        await store_single_use_values(ctx.auth, {claimant.attempts: str(attempts + 1)}, expires_at)


def rejected(ctx: Context, claimant: Claimant, error: ErrorCode) -> APIError:
    """Record a wrong code; return the 401 to raise."""
    record(ctx, SecurityEvent.SECOND_FACTOR_REJECTED, claimant.user)
    return APIError.of(401, error)
