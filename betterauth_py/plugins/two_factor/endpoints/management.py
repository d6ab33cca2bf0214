"""Turning the second factor on and off."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    Endpoint,
    EndpointContext,
    Reply,
    Row,
    Security,
    Where,
    endpoint,
    signed_in,
    validation,
)
from betterauth_py.plugins.tools import SecurityEvent, encrypt, generate_id, record
from betterauth_py.plugins.two_factor.challenges import find_factor
from betterauth_py.plugins.two_factor.errors import TwoFactorErrorCodes
from betterauth_py.plugins.two_factor.parts import Parts, password_body
from betterauth_py.plugins.two_factor.sessions import PASSWORD_ERRORS, renew_session, require_password_of
from betterauth_py.plugins.two_factor.totp import key_of

Context = EndpointContext[dict[str, Any], Any]

_CHANGE_ERRORS = (
    *PASSWORD_ERRORS,
    (500, BaseErrorCodes.FAILED_TO_UPDATE_USER),
    (500, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
)


def management_endpoints(parts: Parts) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which follow the options of `parts`."""
    options = parts.options

    @endpoint(
        "/two-factor/enable",
        methods=("POST",),
        security=Security.SESSION,
        operation_id="enableTwoFactor",
        body=password_body(
            is_optional=options.allow_passwordless,
            description="User password",
            method=validation.Default(
                validation.OneOf(
                    ("otp", "totp"),
                    "The 2FA method to enable. 'totp' generates an authenticator app secret (requires verification). "
                    "'otp' enables email/SMS-based codes immediately.",
                ),
                make=lambda: "totp",
            ),
            issuer=validation.Optional(validation.String("Custom issuer for the TOTP URI")),
        ),
        errors=(
            *_CHANGE_ERRORS,
            (400, TwoFactorErrorCodes.OTP_NOT_CONFIGURED),
            (400, TwoFactorErrorCodes.TOTP_NOT_CONFIGURED),
            (400, TwoFactorErrorCodes.TOTP_ALREADY_ENABLED),
        ),
        reply=Reply(
            "The method; for an app its URI and the backup codes",
            {
                "type": "object",
                "properties": {
                    "method": {"type": "string", "enum": ["otp", "totp"]},
                    "totpURI": {"type": "string", "description": "The URI for the app's QR code. Only with `totp`"},
                    "backupCodes": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "Only with `totp`",
                    },
                },
                "required": ["method"],
            },
        ),
        tags=("Two-factor",),
    )
    async def enable_two_factor(ctx: Context) -> dict[str, Any]:
        """Begin to use an authenticator app, or codes that are sent, as second factor."""
        user = signed_in(ctx)[1]
        await require_password_of(ctx, passwordless=options.allow_passwordless)
        method = ctx.body["method"]
        if method == "otp" and parts.sent_codes.sender(ctx) is None:
            raise APIError.of(400, TwoFactorErrorCodes.OTP_NOT_CONFIGURED)
        if method == "totp" and options.totp_options.disable:
            raise APIError.of(400, TwoFactorErrorCodes.TOTP_NOT_CONFIGURED)
        if method == "otp":
            async with ctx.auth.database.transaction():
                await renew_session(ctx, {"twoFactorEnabled": True})
            record(ctx, SecurityEvent.SECOND_FACTOR_ENABLED, user)
            return {"method": "otp"}
        secret, codes = generate_id(32), parts.backup_codes.make()
        await _store(
            ctx,
            user,
            {
                "secret": encrypt(secret, ctx.auth.secrets),
                "backupCodes": await parts.backup_codes.to_store(ctx.auth, codes),
                "verified": options.skip_verification_on_enable,
            },
        )
        issuer = ctx.body.get("issuer") or options.issuer
        return {
            "method": "totp",
            "totpURI": parts.uri_of(ctx, key_of(secret), user, issuer),
            "backupCodes": codes,
        }

    async def _store(ctx: Context, user: Row, factor: Row) -> None:
        """Store a new app of the user's, in the place of one that has not been confirmed.

        Raises:
            APIError: 400 if one has been confirmed.
        """
        rows = ctx.auth.rows
        async with ctx.auth.database.transaction():
            # A user has one row: two requests at once come here one after the other.
            await ctx.auth.users.lock(user["id"])
            found = await find_factor(ctx, user["id"])
            if found is not None and found["verified"] is not False:
                raise APIError.of(400, TwoFactorErrorCodes.TOTP_ALREADY_ENABLED)
            if options.skip_verification_on_enable:
                await renew_session(ctx, {"twoFactorEnabled": True})
                record(ctx, SecurityEvent.SECOND_FACTOR_ENABLED, user)
            if found is not None:
                await rows.update("twoFactor", factor, Where("id", found["id"]))
            else:
                row = {"id": ctx.auth.generate_id("twoFactor"), **factor, "userId": user["id"]}
                await rows.create("twoFactor", row)

    @endpoint(
        "/two-factor/disable",
        methods=("POST",),
        security=Security.SENSITIVE_SESSION,
        operation_id="disableTwoFactor",
        body=password_body(is_optional=options.allow_passwordless, description="User password"),
        errors=_CHANGE_ERRORS,
        reply=Reply(
            "The factor is off",
            {"type": "object", "properties": {"status": {"type": "boolean"}}, "required": ["status"]},
        ),
        tags=("Two-factor",),
    )
    async def disable_two_factor(ctx: Context) -> dict[str, bool]:
        """Turn the signed-in user's second factor off."""
        user = signed_in(ctx)[1]
        await require_password_of(ctx, passwordless=options.allow_passwordless)
        async with ctx.auth.database.transaction():
            await renew_session(ctx, {"twoFactorEnabled": False})
            await ctx.auth.rows.delete("twoFactor", Where("userId", user["id"]))
            await parts.devices.revoke_all(ctx, user)
        record(ctx, SecurityEvent.SECOND_FACTOR_DISABLED, user)
        return {"status": True}

    return [enable_two_factor, disable_two_factor]
