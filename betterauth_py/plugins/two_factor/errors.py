"""The errors of the two-factor plugin."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class TwoFactorErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `TWO_FACTOR_ERROR_CODES`."""

    OTP_NOT_ENABLED: ErrorCode = declare("OTP not enabled")
    OTP_NOT_CONFIGURED: ErrorCode = declare("OTP is not available")
    OTP_HAS_EXPIRED: ErrorCode = declare("OTP has expired")
    TOTP_NOT_ENABLED: ErrorCode = declare("TOTP not enabled")
    TOTP_ALREADY_ENABLED: ErrorCode = declare("TOTP is already enabled")
    TOTP_NOT_CONFIGURED: ErrorCode = declare("TOTP is not available")
    TWO_FACTOR_NOT_ENABLED: ErrorCode = declare("Two factor isn't enabled")
    BACKUP_CODES_NOT_ENABLED: ErrorCode = declare("Backup codes aren't enabled")
    INVALID_BACKUP_CODE: ErrorCode = declare("Invalid backup code")
    INVALID_CODE: ErrorCode = declare("Invalid code")
    TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: ErrorCode = declare("Too many attempts. Please request a new code.")
    ACCOUNT_TEMPORARILY_LOCKED: ErrorCode = declare(
        "Too many failed verification attempts. Your account is temporarily locked. Please try again later."
    )
    INVALID_TWO_FACTOR_COOKIE: ErrorCode = declare("Invalid two factor cookie")


# Some endpoints have texts of their own for a code of the table above.
TOTP_IS_OFF: Final = ErrorCode("TOTP_NOT_CONFIGURED", "totp isn't configured")
OTP_IS_OFF: Final = ErrorCode("OTP_NOT_CONFIGURED", "otp isn't configured")
