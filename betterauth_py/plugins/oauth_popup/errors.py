"""The errors of the oauth-popup plugin: only its JavaScript client uses them, the server sends none."""

from __future__ import annotations

from betterauth_py.plugins import ErrorCode, ErrorCodes, declare


class OAuthPopupErrorCodes(ErrorCodes):
    """As better-auth 1.7.25's `OAUTH_POPUP_ERROR_CODES`."""

    POPUP_SIGN_IN_FAILED: ErrorCode = declare("Popup sign-in failed")
    POPUP_BLOCKED: ErrorCode = declare("Sign-in popup was blocked by the browser")
    POPUP_CLOSED: ErrorCode = declare("Sign-in popup was closed before completing")
    POPUP_TIMEOUT: ErrorCode = declare("Sign-in popup timed out")
