"""The errors of the email-otp plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class EmailOTPErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `EMAIL_OTP_ERROR_CODES`."""

    OTP_EXPIRED: ErrorCode = declare("OTP expired")
    INVALID_OTP: ErrorCode = declare("Invalid OTP")
    TOO_MANY_ATTEMPTS: ErrorCode = declare("Too many attempts")
