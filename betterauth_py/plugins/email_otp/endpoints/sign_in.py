"""`POST /sign-in/email-otp`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import (
    APIError,
    BaseErrorCodes,
    Endpoint,
    NotStoredError,
    Row,
    Security,
    UserRefusedError,
    answering,
    endpoint,
    read_additional_fields,
    validation,
)
from betterauth_py.plugins.email_otp.codes import CODE_ERRORS, Codes, identifier_of
from betterauth_py.plugins.email_otp.endpoints.shared import OTP, TAGS, Context
from betterauth_py.plugins.email_otp.errors import EmailOTPErrorCodes
from betterauth_py.plugins.tools import (
    TOKEN_REPLY,
    ProofRefusal,
    SecurityEvent,
    answer_with_token,
    create_proven_user,
    record,
    refuse_long_name,
    sign_in_by_proof,
)

_REFUSALS = answering(
    {
        ProofRefusal.NO_USER: (400, EmailOTPErrorCodes.INVALID_OTP),
        ProofRefusal.SESSION_REFUSED: (500, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
    }
)
_OWN_FIELDS = {"email", "otp", "name", "image"}


def endpoints_for(codes: Codes) -> list[Endpoint[Any, Any]]:
    """Return the endpoint."""

    @endpoint(
        "/sign-in/email-otp",
        methods=("POST",),
        security=Security.PUBLIC,
        operation_id="signInWithEmailOTP",
        body=validation.Intersection(
            validation.Object(
                {
                    "email": validation.String("Email address to sign in"),
                    "otp": OTP,
                    "name": validation.Optional(validation.String("The name of a new user")),
                    "image": validation.Optional(validation.String("The image's URL of a new user")),
                }
            ),
            validation.Record(validation.Anything()),
        ),
        takes_image=True,
        errors=(
            *CODE_ERRORS,
            (400, BaseErrorCodes.FAILED_TO_CREATE_USER),
            (400, BaseErrorCodes.FIELD_NOT_ALLOWED),
            (400, BaseErrorCodes.MISSING_FIELD),
            (422, BaseErrorCodes.FAILED_TO_CREATE_USER),
            (500, BaseErrorCodes.FAILED_TO_CREATE_SESSION),
        ),
        reply=TOKEN_REPLY,
        tags=TAGS,
    )
    async def sign_in_email_otp(ctx: Context) -> dict[str, Any]:
        """Sign in with email and OTP."""
        email = ctx.body["email"].lower()
        try:
            await codes.use(ctx.auth, identifier_of("sign-in", email), ctx.body["otp"])
        except APIError as error:
            record(ctx, SecurityEvent.SIGN_IN_FAILED, reason=str(error.code))
            raise

        async def sign_up() -> Row:
            if codes.options.disable_sign_up:
                raise APIError.of(400, EmailOTPErrorCodes.INVALID_OTP)
            return await _sign_up(ctx, email)

        with _REFUSALS:
            try:
                signed_in = await sign_in_by_proof(ctx, email, sign_up)
            except UserRefusedError:
                raise APIError.of(400, BaseErrorCodes.FAILED_TO_CREATE_USER) from None
            except NotStoredError:
                raise APIError.of(422, BaseErrorCodes.FAILED_TO_CREATE_USER) from None
        return await answer_with_token(ctx, signed_in.session, signed_in.user)

    return [sign_in_email_otp]


async def _sign_up(ctx: Context, email: str) -> Row:
    body = ctx.body
    refuse_long_name(body.get("name"))
    further = {name: value for name, value in body.items() if name not in _OWN_FIELDS}
    fields = {
        "name": body.get("name") or "",
        **({"image": body["image"]} if "image" in body else {}),
        **await read_additional_fields(ctx.auth.schema, "user", further, "create"),
    }
    return await create_proven_user(ctx, email, fields, {"method": "email-otp"})
