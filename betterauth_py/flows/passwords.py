"""The rules for passwords."""

from __future__ import annotations

from typing import Any

from betterauth_py.http.context import EndpointContext
from betterauth_py.wire.errors import APIError, BaseErrorCodes
from betterauth_py.wire.javascript import utf16_length

Context = EndpointContext[Any, Any]


def refuse_short_password(ctx: Context, password: str) -> None:
    """Raise 400 PASSWORD_TOO_SHORT for fewer UTF-16 units than the option allows."""
    if utf16_length(password) < ctx.options.email_and_password.min_password_length:
        raise APIError.of(400, BaseErrorCodes.PASSWORD_TOO_SHORT)


def refuse_long_password(ctx: Context, password: str) -> None:
    """Raise 400 PASSWORD_TOO_LONG for more UTF-16 units than the option allows."""
    if utf16_length(password) > ctx.options.email_and_password.max_password_length:
        raise APIError.of(400, BaseErrorCodes.PASSWORD_TOO_LONG)
