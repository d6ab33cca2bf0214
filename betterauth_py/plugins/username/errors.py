"""The errors of the username plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class UsernameErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `USERNAME_ERROR_CODES`."""

    INVALID_USERNAME_OR_PASSWORD: ErrorCode = declare("Invalid username or password")
    EMAIL_NOT_VERIFIED: ErrorCode = declare("Email not verified")
    UNEXPECTED_ERROR: ErrorCode = declare("Unexpected error")
    USERNAME_IS_ALREADY_TAKEN: ErrorCode = declare("Username is already taken. Please try another.")
    USERNAME_TOO_SHORT: ErrorCode = declare("Username is too short")
    USERNAME_TOO_LONG: ErrorCode = declare("Username is too long")
    INVALID_USERNAME: ErrorCode = declare("Username is invalid")
    INVALID_DISPLAY_USERNAME: ErrorCode = declare("Display username is invalid")
    USERNAME_IS_IMMUTABLE: ErrorCode = declare("Username cannot be updated")
