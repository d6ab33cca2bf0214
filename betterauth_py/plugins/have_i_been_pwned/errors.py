"""The errors of the have-i-been-pwned plugin."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class HaveIBeenPwnedErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `ERROR_CODES` of `haveIBeenPwned`."""

    PASSWORD_COMPROMISED: ErrorCode = declare(
        "The password you entered has been compromised. Please choose a different password."
    )
