"""The errors a client can get, in tables: the attribute is the wire code, the value the message."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from betterauth_py.wire.headers import ResponseHeaders


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """A declared error: the `code` and `message` of the body."""

    code: str
    message: str


class ErrorCodes:
    """A table of declared errors; each attribute becomes an `ErrorCode` named after it."""

    def __init_subclass__(cls) -> None:
        """Turn `NAME: ErrorCode = declare("text")` attributes into named codes."""
        for name, value in list(vars(cls).items()):
            if isinstance(value, _Declaration):
                setattr(cls, name, ErrorCode(name, value.message))

    @classmethod
    def table(cls) -> dict[str, str]:
        """Return the messages by code, as better-auth's `$ERROR_CODES`."""
        return {name: value.message for name, value in vars(cls).items() if isinstance(value, ErrorCode)}


@dataclass(frozen=True, slots=True)
class _Declaration:
    message: str


def declare(message: str) -> Any:
    """Declare an error in an `ErrorCodes` table; its code is the attribute's name."""
    return _Declaration(message)


class APIError(Exception):
    """An error response (or a redirect), raised from anywhere in an endpoint.

    Attributes:
        status: the HTTP status.
        body: the JSON body, or None for an empty one.
        headers: headers of this response; they override those the endpoint has set before.
    """

    def __init__(self, status: int, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> None:
        """Make a response with a body of any shape; usually call `APIError.of` instead."""
        super().__init__(body.get("message", "") if body else HTTPStatus(status).phrase)
        self.status = int(status)
        self.body = body
        self.headers = headers or {}
        self.response_headers: ResponseHeaders | None = None

    def sent_with(self, response_headers: ResponseHeaders) -> APIError:
        """Add the headers that were set on the response before; the error's own win. Return the error."""
        response_headers.begin_turn()
        for name, value in self.headers.items():
            response_headers.set(name, value)
        self.response_headers = response_headers
        # From here on it is a response. Its traceback holds the frames that hold the context that will hold it: a cycle
        # that only the garbage collector breaks. Its pauses set the p99 while sign-ins were refused.
        self.__traceback__ = self.__context__ = None
        return self

    @classmethod
    def of(cls, status: int, error: ErrorCode) -> APIError:
        """Make the response for a declared error."""
        return cls(status, {"message": error.message, "code": error.code})

    @classmethod
    def redirect(cls, location: str) -> APIError:
        """Make a 302 to `location`."""
        return cls(HTTPStatus.FOUND, None, {"location": location})

    @property
    def code(self) -> str | None:
        """The wire code, or None if the body has none."""
        code = (self.body or {}).get("code")
        return code if isinstance(code, str) else None


class BaseErrorCodes(ErrorCodes):
    """The errors of the core, as better-auth 1.7.25's BASE_ERROR_CODES."""

    USER_NOT_FOUND: ErrorCode = declare("User not found")
    FAILED_TO_CREATE_USER: ErrorCode = declare("Failed to create user")
    FAILED_TO_CREATE_SESSION: ErrorCode = declare("Failed to create session")
    FAILED_TO_UPDATE_USER: ErrorCode = declare("Failed to update user")
    FAILED_TO_GET_SESSION: ErrorCode = declare("Failed to get session")
    INVALID_PASSWORD: ErrorCode = declare("Invalid password")
    INVALID_EMAIL: ErrorCode = declare("Invalid email")
    INVALID_EMAIL_OR_PASSWORD: ErrorCode = declare("Invalid email or password")
    INVALID_USER: ErrorCode = declare("Invalid user")
    SOCIAL_ACCOUNT_ALREADY_LINKED: ErrorCode = declare("Social account already linked")
    PROVIDER_NOT_FOUND: ErrorCode = declare("Provider not found")
    INVALID_TOKEN: ErrorCode = declare("Invalid token")
    TOKEN_EXPIRED: ErrorCode = declare("Token expired")
    ID_TOKEN_NOT_SUPPORTED: ErrorCode = declare("id_token not supported")
    FAILED_TO_GET_USER_INFO: ErrorCode = declare("Failed to get user info")
    USER_EMAIL_NOT_FOUND: ErrorCode = declare("User email not found")
    EMAIL_NOT_VERIFIED: ErrorCode = declare("Email not verified")
    PASSWORD_TOO_SHORT: ErrorCode = declare("Password too short")
    PASSWORD_TOO_LONG: ErrorCode = declare("Password too long")
    USER_ALREADY_EXISTS: ErrorCode = declare("User already exists.")
    USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: ErrorCode = declare("User already exists. Use another email.")
    EMAIL_CAN_NOT_BE_UPDATED: ErrorCode = declare("Email can not be updated")
    CHANGE_EMAIL_DISABLED: ErrorCode = declare("Change email is disabled")
    CREDENTIAL_ACCOUNT_NOT_FOUND: ErrorCode = declare("Credential account not found")
    SESSION_EXPIRED: ErrorCode = declare("Session expired. Re-authenticate to perform this action.")
    FAILED_TO_UNLINK_LAST_ACCOUNT: ErrorCode = declare("You can't unlink your last account")
    ACCOUNT_NOT_FOUND: ErrorCode = declare("Account not found")
    USER_ALREADY_HAS_PASSWORD: ErrorCode = declare("User already has a password. Provide that to delete the account.")
    CROSS_SITE_NAVIGATION_LOGIN_BLOCKED: ErrorCode = declare(
        "Cross-site navigation login blocked. This request appears to be a CSRF attack."
    )
    VERIFICATION_EMAIL_NOT_ENABLED: ErrorCode = declare("Verification email isn't enabled")
    EMAIL_ALREADY_VERIFIED: ErrorCode = declare("Email is already verified")
    EMAIL_MISMATCH: ErrorCode = declare("Email mismatch")
    SESSION_NOT_FRESH: ErrorCode = declare("Session is not fresh")
    LINKED_ACCOUNT_ALREADY_EXISTS: ErrorCode = declare("Linked account already exists")
    INVALID_ORIGIN: ErrorCode = declare("Invalid origin")
    INVALID_CALLBACK_URL: ErrorCode = declare("Invalid callbackURL")
    INVALID_REDIRECT_URL: ErrorCode = declare("Invalid redirectURL")
    INVALID_ERROR_CALLBACK_URL: ErrorCode = declare("Invalid errorCallbackURL")
    INVALID_NEW_USER_CALLBACK_URL: ErrorCode = declare("Invalid newUserCallbackURL")
    MISSING_OR_NULL_ORIGIN: ErrorCode = declare("Missing or null Origin")
    CALLBACK_URL_REQUIRED: ErrorCode = declare("callbackURL is required")
    FAILED_TO_CREATE_VERIFICATION: ErrorCode = declare("Unable to create verification")
    FIELD_NOT_ALLOWED: ErrorCode = declare("Field not allowed to be set")
    ASYNC_VALIDATION_NOT_SUPPORTED: ErrorCode = declare("Async validation is not supported")
    VALIDATION_ERROR: ErrorCode = declare("Validation Error")
    MISSING_FIELD: ErrorCode = declare("Field is required")
    METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED: ErrorCode = declare(
        "POST method requires deferSessionRefresh to be enabled in session config"
    )
    BODY_MUST_BE_AN_OBJECT: ErrorCode = declare("Body must be an object")
    PASSWORD_ALREADY_SET: ErrorCode = declare("User already has a password set")


class ResetErrorCodes(ErrorCodes):
    """Errors that only the password reset declares."""

    RESET_PASSWORD_DISABLED: ErrorCode = declare("Reset password isn't enabled")


class UpdateErrorCodes(ErrorCodes):
    """Errors of cases in which better-auth 1.7.25 answers a bare 500."""

    FAILED_TO_UPDATE_SESSION: ErrorCode = declare("Failed to update session")


class SignUpErrorCodes(ErrorCodes):
    """Errors that only the e-mail endpoints declare."""

    EMAIL_PASSWORD_SIGN_UP_DISABLED: ErrorCode = declare("Email and password sign up is not enabled")
    EMAIL_PASSWORD_DISABLED: ErrorCode = declare("Email and password is not enabled")


class OAuthErrorCodes(ErrorCodes):
    """Errors that only the endpoints for provider accounts declare."""

    OAUTH_LINK_ERROR: ErrorCode = declare("account not linked")
    LINKING_NOT_ALLOWED: ErrorCode = declare("Account not linked - linking not allowed")
    LINKING_DIFFERENT_EMAILS_NOT_ALLOWED: ErrorCode = declare("Account not linked - different emails not allowed")
    LINKING_FAILED: ErrorCode = declare("Account not linked - unable to create account")
    USER_ID_OR_SESSION_REQUIRED: ErrorCode = declare("Either userId or session is required")
    PROVIDER_NOT_SUPPORTED: ErrorCode = declare("Provider is not supported.")
    TOKEN_REFRESH_NOT_SUPPORTED: ErrorCode = declare("Provider does not support token refreshing.")
    REFRESH_TOKEN_NOT_FOUND: ErrorCode = declare("Refresh token not found")
    FAILED_TO_GET_ACCESS_TOKEN: ErrorCode = declare("Failed to get a valid access token")
    FAILED_TO_REFRESH_ACCESS_TOKEN: ErrorCode = declare("Failed to refresh access token")
    PROVIDER_NOT_CONFIGURED: ErrorCode = declare("Account is not associated with a configured social provider.")
    ACCESS_TOKEN_NOT_FOUND: ErrorCode = declare("Access token not found")


UNAUTHORIZED: Final = ErrorCode("UNAUTHORIZED", "Unauthorized")
NOT_FOUND: Final = ErrorCode("NOT_FOUND", "Not found")
