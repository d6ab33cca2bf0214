"""The errors of the passkey plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class PasskeyErrorCodes(ErrorCodes):
    """As `PASSKEY_ERROR_CODES` of @better-auth/passkey 1.7.6."""

    CHALLENGE_NOT_FOUND: ErrorCode = declare("Challenge not found")
    YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY: ErrorCode = declare("You are not allowed to register this passkey")
    FAILED_TO_VERIFY_REGISTRATION: ErrorCode = declare("Failed to verify registration")
    PASSKEY_NOT_FOUND: ErrorCode = declare("Passkey not found")
    AUTHENTICATION_FAILED: ErrorCode = declare("Authentication failed")
    UNABLE_TO_CREATE_SESSION: ErrorCode = declare("Unable to create session")
    USER_NOT_FOUND: ErrorCode = declare("User not found")
    FAILED_TO_UPDATE_PASSKEY: ErrorCode = declare("Failed to update passkey")
    PREVIOUSLY_REGISTERED: ErrorCode = declare("Previously registered")
    REGISTRATION_CANCELLED: ErrorCode = declare("Registration cancelled")
    AUTH_CANCELLED: ErrorCode = declare("Auth cancelled")
    UNKNOWN_ERROR: ErrorCode = declare("Unknown error")
    SESSION_REQUIRED: ErrorCode = declare("Passkey registration requires an authenticated session")
    RESOLVE_USER_REQUIRED: ErrorCode = declare(
        "Passkey registration requires either an authenticated session or a resolveUser callback when requireSession "
        "is false"
    )
    RESOLVED_USER_INVALID: ErrorCode = declare("Resolved user is invalid")
