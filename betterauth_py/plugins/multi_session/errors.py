"""The errors of the multi-session plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class MultiSessionErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `MULTI_SESSION_ERROR_CODES`."""

    INVALID_SESSION_TOKEN: ErrorCode = declare("Invalid session token")
