"""What several endpoints of the plugin share."""

from __future__ import annotations

from typing import Any, Final

from betterauth_py.plugins import APIError, BaseErrorCodes, EndpointContext, Reply, validation
from betterauth_py.plugins.email_otp.mails import MAILS

Context = EndpointContext[dict[str, Any], dict[str, Any]]

OTP: Final = validation.String("The code")
TAGS: Final = ("Email-otp",)
SUCCESS: Final = {"type": "object", "properties": {"success": {"type": "boolean"}}, "required": ["success"]}


def purpose_schema() -> validation.OneOf:
    """Return the schema of a code's type."""
    return validation.OneOf(tuple(MAILS), "What the code is for")


def success(description: str) -> Reply:
    """Return the answer of endpoints that say only that they worked."""
    return Reply(description, SUCCESS)


def address_of(given: str) -> str:
    """Return an address that a client gave, in lower case.

    Raises:
        APIError: 400 if it is none.
    """
    email = given.lower()
    if not validation.is_email(email):
        raise APIError.of(400, BaseErrorCodes.INVALID_EMAIL)
    return email
