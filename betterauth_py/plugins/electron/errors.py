"""The errors of the electron plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class ElectronErrorCodes(ErrorCodes):
    """As @better-auth/electron 1.7.5's `ELECTRON_ERROR_CODES`."""

    INVALID_CLIENT_ID: ErrorCode = declare("Invalid client ID")
    INVALID_TOKEN: ErrorCode = declare("Invalid or expired token.")
    STATE_MISMATCH: ErrorCode = declare("state mismatch")
    MISSING_CODE_CHALLENGE: ErrorCode = declare("missing code challenge")
    INVALID_CODE_VERIFIER: ErrorCode = declare("Invalid code verifier")
    MISSING_STATE: ErrorCode = declare("state is required")
    MISSING_PKCE: ErrorCode = declare("pkce is required")
