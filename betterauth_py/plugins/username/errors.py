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


_OF_NAMES = (
    UsernameErrorCodes.USERNAME_TOO_SHORT,
    UsernameErrorCodes.USERNAME_TOO_LONG,
    UsernameErrorCodes.INVALID_USERNAME,
    UsernameErrorCodes.INVALID_DISPLAY_USERNAME,
    UsernameErrorCodes.USERNAME_IS_ALREADY_TAKEN,
)
_SIGNING_UP = tuple((400, error) for error in _OF_NAMES)
ADDED_ERRORS = {
    **dict.fromkeys(("/sign-up/email", "/phone-number/verify", "/sign-in/email-otp"), _SIGNING_UP),
    "/update-user": (*_SIGNING_UP, (400, UsernameErrorCodes.USERNAME_IS_IMMUTABLE)),
}
"""The errors of names at the endpoints that store them."""
