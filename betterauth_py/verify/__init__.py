"""The session verifier: one import tells a Python service who is signed in at a BetterAuth server, ours or Node's.

    from betterauth_py.verify import CookieCache, Remote, SessionVerifier

    verifier = SessionVerifier(CookieCache(secret=...), Remote("http://localhost:3001"))
    verified = await verifier.verify(request.headers)
    verified.user.email

`betterauth_py.verify.sync` is the same without await. Nothing of the auth server is imported or
needed, and a name is loaded when it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from betterauth_py.verify.cookie_cache import CookieCache
    from betterauth_py.verify.credentials import CookieNames
    from betterauth_py.verify.database import Database
    from betterauth_py.verify.errors import (
        InvalidSessionError,
        NoSessionError,
        SessionError,
        VerificationUnavailableError,
    )
    from betterauth_py.verify.jwt import JWT
    from betterauth_py.verify.records import Session, User, VerifiedSession
    from betterauth_py.verify.redis import Redis
    from betterauth_py.verify.remote import Remote
    from betterauth_py.verify.session_source import SessionSource
    from betterauth_py.verify.verifier import SessionVerifier

__all__ = [
    "JWT",
    "CookieCache",
    "CookieNames",
    "Database",
    "InvalidSessionError",
    "NoSessionError",
    "Redis",
    "Remote",
    "Session",
    "SessionError",
    "SessionSource",
    "SessionVerifier",
    "User",
    "VerificationUnavailableError",
    "VerifiedSession",
]

_HOMES = {
    "JWT": "jwt",
    "CookieCache": "cookie_cache",
    "CookieNames": "credentials",
    "Database": "database",
    "InvalidSessionError": "errors",
    "NoSessionError": "errors",
    "Redis": "redis",
    "Remote": "remote",
    "Session": "records",
    "SessionError": "errors",
    "SessionSource": "session_source",
    "SessionVerifier": "verifier",
    "User": "records",
    "VerificationUnavailableError": "errors",
    "VerifiedSession": "records",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
