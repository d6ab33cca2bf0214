"""The calls for code in this process: `create_verification_otp` and `get_verification_otp`."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import Endpoint, Reply, Security, endpoint, validation
from betterauth_py.plugins.email_otp.codes import Codes
from betterauth_py.plugins.email_otp.endpoints.shared import TAGS, Context, purpose_schema


def endpoints_for(codes: Codes) -> list[Endpoint[Any, Any]]:
    """Return the endpoints."""

    @endpoint(
        None,
        methods=("POST",),
        security=Security.SERVER_ONLY,
        operation_id="createEmailVerificationOTP",
        body=validation.Object({"email": validation.String("Email address to send the OTP"), "type": purpose_schema()}),
        reply=Reply("The code", {"type": "string"}),
        shown_to_clients=False,
        tags=TAGS,
    )
    async def create_verification_otp(ctx: Context) -> str:
        """Create a verification OTP for an email; nothing is sent."""
        return await codes.create(ctx, ctx.body["email"].lower(), ctx.body["type"])

    @endpoint(
        None,
        methods=("GET",),
        security=Security.SERVER_ONLY,
        operation_id="getEmailVerificationOTP",
        query=validation.Object(
            {"email": validation.String("Email address the OTP was sent to"), "type": purpose_schema()}
        ),
        reply=Reply(
            "The code, or null",
            {"type": "object", "properties": {"otp": {"type": ["string", "null"]}}, "required": ["otp"]},
        ),
        shown_to_clients=False,
        tags=TAGS,
    )
    async def get_verification_otp(ctx: Context) -> dict[str, str | None]:
        """Get a verification OTP for an email."""
        return {"otp": await codes.read(ctx.auth, ctx.query["email"].lower(), ctx.query["type"])}

    return [create_verification_otp, get_verification_otp]
