"""The endpoints of the two-factor plugin."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import Endpoint
from betterauth_py.plugins.two_factor.endpoints.backup_codes import backup_code_endpoints
from betterauth_py.plugins.two_factor.endpoints.management import management_endpoints
from betterauth_py.plugins.two_factor.endpoints.otp import otp_endpoints
from betterauth_py.plugins.two_factor.endpoints.totp import totp_endpoints
from betterauth_py.plugins.two_factor.parts import Parts


def endpoints_for(parts: Parts) -> list[Endpoint[Any, Any]]:
    """Return the endpoints, which follow the options of `parts`."""
    return [
        *totp_endpoints(parts),
        *otp_endpoints(parts),
        *backup_code_endpoints(parts),
        *management_endpoints(parts),
    ]
