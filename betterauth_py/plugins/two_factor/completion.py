"""The answer to a right code: the session that a sign-in has waited for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from betterauth_py.plugins import (
    APIError,
    EndpointContext,
    ErrorCode,
    NotStoredError,
    Row,
    Where,
    client_of,
    create_session,
    set_session_cookie,
)
from betterauth_py.plugins.tools import Holdings, NotHeldError, SecurityEvent, record, without_hidden_fields
from betterauth_py.plugins.two_factor.challenges import Claimant, challenge_cookie
from betterauth_py.plugins.two_factor.devices import TrustedDevices
from betterauth_py.plugins.two_factor.errors import TwoFactorErrorCodes
from betterauth_py.plugins.two_factor.lockout import locked

Context = EndpointContext[dict[str, Any], Any]

SESSION_REFUSED: Final = ErrorCode("FAILED_TO_CREATE_SESSION", "failed to create session")
VERIFIED_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "token": {"type": "string", "description": "Session token"},
        "user": {"$ref": "#/components/schemas/User"},
    },
    "required": ["token", "user"],
}


async def complete(
    ctx: Context, devices: TrustedDevices, claimant: Claimant, conditions: Sequence[Where] = ()
) -> dict[str, Any]:
    """Answer a signed-in user; start the session of one whose challenge is used up.

    Args:
        ctx: the call.
        devices: trusts the client's device, if the body says so.
        claimant: who has proved the factor.
        conditions: what must be true of the factor's row in the moment in which the session begins.

    Raises:
        APIError: 401 if the user is deleted meanwhile, 429 if the conditions do not hold, 500 if a hook refuses.
    """
    user = claimant.user
    if claimant.session is not None:
        return verified(ctx, claimant.session["token"], user)
    remember = ctx.get_signed_cookie(ctx.auth.cookies.dont_remember) is None
    holding = ctx.auth.services.get(Holdings).of("twoFactor", conditions) if conditions else None
    client = client_of(ctx)
    try:
        session = await create_session(ctx.auth, user["id"], client=client, remember=remember, holding=holding)
    except NotHeldError:
        raise locked() from None
    except NotStoredError:
        # The user is deleted.
        raise APIError.of(401, TwoFactorErrorCodes.INVALID_TWO_FACTOR_COOKIE) from None
    if session is None:
        raise APIError.of(500, SESSION_REFUSED)
    await set_session_cookie(ctx, session, user)
    ctx.expire_cookie(challenge_cookie(ctx))
    if ctx.body.get("trustDevice"):
        await devices.trust(ctx, user)
        ctx.expire_cookie(ctx.auth.cookies.dont_remember)
    record(ctx, SecurityEvent.SECOND_FACTOR_ACCEPTED, user)
    return verified(ctx, session["token"], user)


def verified(ctx: Context, token: str, user: Row) -> dict[str, Any]:
    """Return the answer."""
    return {"token": token, "user": without_hidden_fields(ctx.auth.schema, "user", user)}
