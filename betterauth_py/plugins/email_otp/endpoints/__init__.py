"""The endpoints of the email-otp plugin."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import Endpoint
from betterauth_py.plugins.email_otp.codes import Codes
from betterauth_py.plugins.email_otp.endpoints import change_email, password_reset, sending, server, sign_in, verifying


def endpoints_for(codes: Codes) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, in better-auth's order."""
    families = (sending, server, verifying, sign_in, password_reset, change_email)
    return [endpoint for family in families for endpoint in family.endpoints_for(codes)]
