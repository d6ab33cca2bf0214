"""Backup codes: signing in with one, new ones, and showing them to code in this process."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    Endpoint,
    EndpointContext,
    ErrorCode,
    Reply,
    Row,
    Security,
    Where,
    endpoint,
    signed_in,
    validation,
)
from betterauth_py.plugins.tools import without_hidden_fields
from betterauth_py.plugins.two_factor.backup_codes import without
from betterauth_py.plugins.two_factor.challenges import (
    CHALLENGE_ERRORS,
    factor_of,
    find_claimant,
    find_factor,
    rejected,
)
from betterauth_py.plugins.two_factor.completion import SESSION_REFUSED, VERIFIED_SCHEMA, complete
from betterauth_py.plugins.two_factor.errors import TwoFactorErrorCodes
from betterauth_py.plugins.two_factor.parts import TRUST_DEVICE, Parts, password_body
from betterauth_py.plugins.two_factor.sessions import PASSWORD_ERRORS, require_password_of

Context = EndpointContext[dict[str, Any], Any]

_WRONG = TwoFactorErrorCodes.INVALID_BACKUP_CODE
_CONFLICT = ErrorCode(
    "FAILED_TO_VERIFY_BACKUP_CODE_PLEASE_TRY_AGAIN", "Failed to verify backup code. Please try again."
)
_CODES_SCHEMA = {
    "type": "object",
    "properties": {
        "status": {"type": "boolean", "enum": [True]},
        "backupCodes": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["status", "backupCodes"],
}


def backup_code_endpoints(parts: Parts) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which follow the options of `parts`."""
    codes = parts.backup_codes

    @endpoint(
        "/two-factor/verify-backup-code",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="verifyBackupCode",
        body=validation.Object(
            {
                "code": validation.String('A backup code to verify. Eg: "123456"'),
                "disableSession": validation.Optional(
                    validation.Boolean("If true, the session cookie will not be set.")
                ),
                "trustDevice": TRUST_DEVICE,
            }
        ),
        errors=(
            (400, TwoFactorErrorCodes.BACKUP_CODES_NOT_ENABLED),
            (401, _WRONG),
            *CHALLENGE_ERRORS,
            (409, _CONFLICT),
            (500, SESSION_REFUSED),
        ),
        reply=Reply("The code is right; without `token` if `disableSession` is given at a sign-in", VERIFIED_SCHEMA),
        tags=("Two-factor",),
    )
    async def verify_backup_code(ctx: Context) -> dict[str, Any]:
        """Complete a sign-in by a backup code, which is used up."""
        claimant = await find_claimant(ctx)
        factor = await factor_of(ctx, claimant)
        if factor is None:
            raise APIError.of(400, TwoFactorErrorCodes.BACKUP_CODES_NOT_ENABLED)
        if claimant.session is None:
            factor = await parts.lockout.refuse_locked(ctx, factor)
        left = without(await codes.read(ctx.auth, factor["backupCodes"]) or [], ctx.body["code"])
        conditions, changes = [Where("id", factor["id"])], {}
        if claimant.session is None:
            starts_session = not ctx.body.get("disableSession")
            await parts.lockout.judge(
                ctx, claimant, factor, _WRONG, is_right=left is not None, ends_challenge=starts_session
            )
            conditions, changes = parts.lockout.open_conditions(factor), parts.lockout.reset_changes
        if left is None:
            raise rejected(ctx, claimant, _WRONG)
        await _use(ctx, factor, left, conditions, changes)
        if ctx.body.get("disableSession"):
            token = {} if claimant.session is None else {"token": claimant.session["token"]}
            return {**token, "user": without_hidden_fields(ctx.auth.schema, "user", claimant.user)}
        return await complete(ctx, parts.devices, claimant)

    async def _use(ctx: Context, factor: Row, left: list[str], conditions: list[Where], changes: Row) -> None:
        """Store the codes that are left, if nobody has used one or made new ones meanwhile."""
        stored, is_same = await codes.to_store(ctx.auth, left), Where("backupCodes", factor["backupCodes"])
        updated = await ctx.auth.rows.increment(
            "twoFactor", {}, *conditions, is_same, changes={"backupCodes": stored, **changes}
        )
        if updated is None:
            current = await find_factor(ctx, factor["userId"])
            if current is not None and len(conditions) > 1:
                await parts.lockout.refuse_locked(ctx, current)
            raise APIError(409, {"message": _CONFLICT.message, "code": _CONFLICT.code})

    @endpoint(
        "/two-factor/generate-backup-codes",
        methods=("POST",),
        security=Security.SESSION,
        operation_id="generateBackupCodes",
        body=password_body(is_optional=parts.options.backup_codes_are_passwordless, description="The users password."),
        errors=((400, TwoFactorErrorCodes.TWO_FACTOR_NOT_ENABLED), *PASSWORD_ERRORS),
        reply=Reply("The new codes; the earlier ones are void", _CODES_SCHEMA),
        tags=("Two-factor",),
    )
    async def generate_backup_codes(ctx: Context) -> dict[str, Any]:
        """Replace the signed-in user's backup codes."""
        user = signed_in(ctx)[1]
        if not user.get("twoFactorEnabled"):
            raise APIError.of(400, TwoFactorErrorCodes.TWO_FACTOR_NOT_ENABLED)
        await require_password_of(ctx, passwordless=parts.options.backup_codes_are_passwordless)
        made = codes.make()
        stored = await codes.to_store(ctx.auth, made)
        updated = await ctx.auth.rows.update("twoFactor", {"backupCodes": stored}, Where("userId", user["id"]))
        if updated is None:
            raise APIError.of(400, TwoFactorErrorCodes.TWO_FACTOR_NOT_ENABLED)
        return {"status": True, "backupCodes": made}

    @endpoint(
        None,
        methods=("POST",),
        security=Security.SERVER_ONLY,
        operation_id="viewBackupCodes",
        body=validation.Object(
            {"userId": validation.String('The user ID to view all backup codes. Eg: "user-id"', coerce=True)}
        ),
        errors=(
            (400, TwoFactorErrorCodes.BACKUP_CODES_NOT_ENABLED),
            (400, _WRONG),
        ),
        reply=Reply("The codes", _CODES_SCHEMA),
        shown_to_clients=False,
        tags=("Two-factor",),
    )
    async def view_backup_codes(ctx: Context) -> dict[str, Any]:
        """Return a user's backup codes, for code in this process that has made sure who asks."""
        factor = await find_factor(ctx, ctx.body["userId"])
        if factor is None:
            raise APIError.of(400, TwoFactorErrorCodes.BACKUP_CODES_NOT_ENABLED)
        stored = await codes.read(ctx.auth, factor["backupCodes"])
        if stored is None:
            raise APIError.of(400, _WRONG)
        return {"status": True, "backupCodes": stored}

    return [verify_backup_code, generate_backup_codes, view_backup_codes]
