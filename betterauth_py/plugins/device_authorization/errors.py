"""The errors of the device-authorization plugin: OAuth's `{error, error_description}` (RFC 6749, RFC 8628)."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import APIError, BaseErrorCodes, ErrorCode, ErrorCodes, declare


class DeviceAuthorizationErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `DEVICE_AUTHORIZATION_ERROR_CODES`; the wire has their messages as descriptions."""

    INVALID_DEVICE_CODE: ErrorCode = declare("Invalid device code")
    EXPIRED_DEVICE_CODE: ErrorCode = declare("Device code has expired")
    EXPIRED_USER_CODE: ErrorCode = declare("User code has expired")
    AUTHORIZATION_PENDING: ErrorCode = declare("Authorization pending")
    ACCESS_DENIED: ErrorCode = declare("Access denied")
    INVALID_USER_CODE: ErrorCode = declare("Invalid user code")
    DEVICE_CODE_ALREADY_PROCESSED: ErrorCode = declare("Device code already processed")
    DEVICE_CODE_NOT_CLAIMED: ErrorCode = declare(
        "Device code has not been claimed by a verifying session; call `GET /device` with the `user_code` while signed "
        "in before approving or denying"
    )
    POLLING_TOO_FREQUENTLY: ErrorCode = declare("Polling too frequently")
    USER_NOT_FOUND: ErrorCode = declare("User not found")
    FAILED_TO_CREATE_SESSION: ErrorCode = declare("Failed to create session")
    INVALID_DEVICE_CODE_STATUS: ErrorCode = declare("Invalid device code status")
    AUTHENTICATION_REQUIRED: ErrorCode = declare("Authentication required")


_Codes = DeviceAuthorizationErrorCodes
_OAUTH_CODES: Final = frozenset(
    {
        "access_denied",
        "authorization_pending",
        "expired_token",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "server_error",
        "slow_down",
        "unauthorized",
    }
)


def _oauth(error: str, description: ErrorCode | str) -> ErrorCode:
    return ErrorCode(error, description if isinstance(description, str) else description.message)


INVALID_CLIENT: Final = _oauth("invalid_client", "Invalid client ID")
NO_CLIENT_ID: Final = _oauth("invalid_request", "client_id is required")
NO_UNIQUE_CODE: Final = _oauth("server_error", "Failed to generate a unique device code")

INVALID_DEVICE_CODE: Final = _oauth("invalid_grant", _Codes.INVALID_DEVICE_CODE)
CLIENT_MISMATCH: Final = _oauth("invalid_grant", "Client ID mismatch")
SLOW_DOWN: Final = _oauth("slow_down", _Codes.POLLING_TOO_FREQUENTLY)
EXPIRED_DEVICE_CODE: Final = _oauth("expired_token", _Codes.EXPIRED_DEVICE_CODE)
PENDING: Final = _oauth("authorization_pending", _Codes.AUTHORIZATION_PENDING)
DENIED: Final = _oauth("access_denied", _Codes.ACCESS_DENIED)
INVALID_STATUS: Final = _oauth("server_error", _Codes.INVALID_DEVICE_CODE_STATUS)
USER_NOT_FOUND: Final = _oauth("server_error", _Codes.USER_NOT_FOUND)
SESSION_REFUSED: Final = _oauth("server_error", _Codes.FAILED_TO_CREATE_SESSION)

INVALID_USER_CODE: Final = _oauth("invalid_request", _Codes.INVALID_USER_CODE)
EXPIRED_USER_CODE: Final = _oauth("expired_token", _Codes.EXPIRED_USER_CODE)
ALREADY_PROCESSED: Final = _oauth("invalid_request", _Codes.DEVICE_CODE_ALREADY_PROCESSED)
NOT_CLAIMED: Final = _oauth("invalid_request", _Codes.DEVICE_CODE_NOT_CLAIMED)
SIGNED_OUT: Final = _oauth("unauthorized", _Codes.AUTHENTICATION_REQUIRED)


def shape_error(error: APIError) -> APIError:
    """Return an error of these endpoints in OAuth's shape; others (of the origin, the media type) stay as they are."""
    if error.code not in _OAUTH_CODES:
        return error
    return APIError(error.status, {"error": error.code, "error_description": str(error)}, error.headers)


def shape_request_error(error: APIError) -> APIError:
    """As `shape_error`; what is wrong in the body is an `invalid_request`."""
    if error.code == BaseErrorCodes.VALIDATION_ERROR.code:
        return APIError(error.status, {"error": "invalid_request", "error_description": str(error)}, error.headers)
    return shape_error(error)
