"""The errors of the captcha plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class CaptchaErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `EXTERNAL_ERROR_CODES` of `captcha`."""

    VERIFICATION_FAILED: ErrorCode = declare("Captcha verification failed")
    MISSING_RESPONSE: ErrorCode = declare("Missing CAPTCHA response")
    UNKNOWN_ERROR: ErrorCode = declare("Something went wrong")
