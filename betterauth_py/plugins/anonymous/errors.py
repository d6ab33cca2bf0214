"""The errors of the anonymous plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class AnonymousErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `ANONYMOUS_ERROR_CODES`."""

    INVALID_EMAIL_FORMAT: ErrorCode = declare("Email was not generated in a valid format")
    FAILED_TO_CREATE_USER: ErrorCode = declare("Failed to create user")
    COULD_NOT_CREATE_SESSION: ErrorCode = declare("Could not create session")
    ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY: ErrorCode = declare(
        "Anonymous users cannot sign in again anonymously"
    )
    FAILED_TO_DELETE_ANONYMOUS_USER: ErrorCode = declare("Failed to delete anonymous user")
    FAILED_TO_DELETE_ANONYMOUS_USER_SESSIONS: ErrorCode = declare("Failed to delete anonymous user sessions")
    USER_IS_NOT_ANONYMOUS: ErrorCode = declare("User is not anonymous")
    DELETE_ANONYMOUS_USER_DISABLED: ErrorCode = declare("Deleting anonymous users is disabled")
