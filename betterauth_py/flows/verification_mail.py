"""The mails that prove an address, and the tokens in them."""

from __future__ import annotations

from typing import Any

from betterauth_py.crypto.jwt import Claims, ExpiredTokenError, read_mailed_jwt, sign_jwt
from betterauth_py.flows.callbacks import Callback, send_later
from betterauth_py.http.context import EndpointContext
from betterauth_py.store.hooks import Row
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.javascript import UNDEFINED, encode_uri_component
from betterauth_py.wire.validation import is_email

Context = EndpointContext[Any, Any]

CONFIRMATION = "change-email-confirmation"
VERIFICATION = "change-email-verification"
_DEFAULT_LIFE = 3600


def verification_token(
    ctx: Context,
    email: str,
    *,
    update_to: str | None = None,
    request_type: str | None = None,
    default_life: bool = False,
) -> str:
    """Return a signed token that proves who reads mail at `email` (RFC 7519, HS256)."""
    claims = {
        "email": email.lower(),
        "updateTo": update_to.lower() if update_to else UNDEFINED,
        "requestType": request_type or UNDEFINED,
    }
    life = _DEFAULT_LIFE if default_life else ctx.options.email_verification.expires_in
    return sign_jwt(claims, ctx.auth.secrets.current, life, ctx.auth.clock.milliseconds() // 1000)


def read_verification_token(ctx: Context, token: str) -> Claims:
    """Return what a mailed token proves: `email`, and for a change of address `updateTo` and `requestType`.

    Raises:
        APIError: 401 if it is not one, or its time is over.
    """
    try:
        claims = read_mailed_jwt(token, ctx.auth.secrets.current, ctx.auth.clock.milliseconds() // 1000)
    except ExpiredTokenError:
        raise APIError.of(401, BaseErrorCodes.TOKEN_EXPIRED) from None
    except ValueError:
        raise APIError.of(401, BaseErrorCodes.INVALID_TOKEN) from None
    email, texts = claims.get("email"), (claims.get("updateTo", ""), claims.get("requestType", ""))
    if not isinstance(email, str) or not is_email(email) or not all(isinstance(text, str) for text in texts):
        raise APIError.of(401, BaseErrorCodes.INVALID_TOKEN)
    return claims


def verification_url(ctx: Context, token: str, callback_url: str | None) -> str:
    """Return the link that the mail has."""
    return f"{ctx.base_url}/verify-email?token={token}&callbackURL={encode_uri_component(callback_url or '/')}"


def send_verification_email(
    ctx: Context, user: Row, callback_url: str | None, *, token: str | None = None, send: Callback | None = None
) -> None:
    """Have the mail sent after the answer, if the options can send it."""
    send = send or ctx.options.email_verification.send_verification_email
    if send is None:
        return
    token = token or verification_token(ctx, user["email"])
    data = {"user": user, "url": verification_url(ctx, token, callback_url), "token": token}
    send_later(ctx, send, data, "send the verification e-mail", life=ctx.options.email_verification.expires_in)
