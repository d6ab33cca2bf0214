"""Whose an invitation is, and whether its address must be verified."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import APIError, EndpointContext, ErrorCode, Row, signed_in
from betterauth_py.plugins.organization.errors import OrganizationErrorCodes as Errors
from betterauth_py.plugins.organization.options import OrganizationOptions


def require_recipient(
    ctx: EndpointContext[Any, Any], options: OrganizationOptions, invitation: Row, unverified: ErrorCode
) -> None:
    """Require that an invitation is addressed to the call's user, and the address verified if options say so.

    Raises:
        APIError: 403, with `unverified` for an address that is not.
    """
    user = signed_in(ctx)[1]
    if invitation["email"].lower() != user["email"].lower():
        raise APIError.of(403, Errors.YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION)
    # Unless an option says otherwise, the id is a secret of the mail: whoever has it has read the mail.
    required = options.require_email_verification_on_invitation
    if required is None:
        required = ctx.options.advanced.database.generate_id not in (None, "uuid")
    if required and not user["emailVerified"]:
        raise APIError.of(403, unverified)
