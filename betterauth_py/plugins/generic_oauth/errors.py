"""The errors of the generic-oauth plugin: better-auth's codes for misconfigured providers."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCodes, declare


class GenericOAuthErrors(ErrorCodes):
    """Listed in `$ERROR_CODES` as in better-auth; a provider that would cause them stops the start here."""

    INVALID_OAUTH_CONFIGURATION = declare("Invalid OAuth configuration")
    TOKEN_URL_NOT_FOUND = declare("Invalid OAuth configuration. Token URL not found.")
