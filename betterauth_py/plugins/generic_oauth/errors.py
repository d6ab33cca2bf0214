"""What generic-oauth declares: better-auth's codes for providers that this server does not start with."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCodes, declare


class GenericOAuthErrors(ErrorCodes):
    """Listed in `$ERROR_CODES` as in better-auth; a provider that would cause them stops the start here."""

    INVALID_OAUTH_CONFIGURATION = declare("Invalid OAuth configuration")
    TOKEN_URL_NOT_FOUND = declare("Invalid OAuth configuration. Token URL not found.")
