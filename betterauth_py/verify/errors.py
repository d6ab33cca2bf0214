"""The errors of the verifier.

SessionError
├── NoSessionError                  401: the request has no credentials
├── InvalidSessionError             401: its credentials are not, or no longer, those of a session
└── VerificationUnavailableError    503: the session could not be checked
"""

from __future__ import annotations

from typing import ClassVar


class SessionError(Exception):
    """The session of a request could not be verified; `str()` may be shown to clients, `reason` is for the log."""

    status: ClassVar[int]
    """The matching HTTP status."""
    message: ClassVar[str]

    def __init__(self, reason: str = "", *, set_cookies: tuple[str, ...] = ()) -> None:
        """Create the error; `reason` contains no token, `set_cookies` are to be passed back to the browser."""
        super().__init__(self.message)
        self.reason = reason or self.message
        self.set_cookies = set_cookies

    def __reduce__(self) -> tuple[type[SessionError], tuple[str], dict[str, object]]:
        """Support pickling."""
        return type(self), (self.reason,), {"set_cookies": self.set_cookies}


class NoSessionError(SessionError):
    """The request has neither a session cookie nor a token."""

    status = 401
    message = "You are not signed in."


class InvalidSessionError(SessionError):
    """The session is forged, expired, revoked or unknown."""

    status = 401
    message = "Your session is not valid."


class VerificationUnavailableError(SessionError):
    """The auth service, its database or its keys could not be reached in time, or gave an invalid answer."""

    status = 503
    message = "Sessions cannot be checked at the moment."
