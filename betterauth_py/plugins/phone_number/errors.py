"""The errors of the phone-number plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class PhoneNumberErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `PHONE_NUMBER_ERROR_CODES`."""

    INVALID_PHONE_NUMBER: ErrorCode = declare("Invalid phone number")
    PHONE_NUMBER_EXIST: ErrorCode = declare("Phone number already exists")
    PHONE_NUMBER_NOT_EXIST: ErrorCode = declare("phone number isn't registered")
    INVALID_PHONE_NUMBER_OR_PASSWORD: ErrorCode = declare("Invalid phone number or password")
    UNEXPECTED_ERROR: ErrorCode = declare("Unexpected error")
    OTP_NOT_FOUND: ErrorCode = declare("OTP not found")
    OTP_EXPIRED: ErrorCode = declare("OTP expired")
    INVALID_OTP: ErrorCode = declare("Invalid OTP")
    PHONE_NUMBER_NOT_VERIFIED: ErrorCode = declare("Phone number not verified")
    PHONE_NUMBER_PENDING_VERIFICATION: ErrorCode = declare("Phone number requires account ownership proof")
    PHONE_NUMBER_CANNOT_BE_UPDATED: ErrorCode = declare("Phone number cannot be updated")
    PHONE_NUMBER_CANNOT_BE_SET: ErrorCode = declare("Phone number can only be set by verifying it")
    SEND_OTP_NOT_IMPLEMENTED: ErrorCode = declare("sendOTP not implemented")
    TOO_MANY_ATTEMPTS: ErrorCode = declare("Too many attempts")
