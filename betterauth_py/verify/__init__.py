"""The session verifier: verifies in a Python service the sessions of a BetterAuth server, ours or Node's.

    from betterauth_py.verify import CookieCache, Remote, SessionVerifier

    verifier = SessionVerifier(CookieCache(secret=...), Remote("http://localhost:3001"))
    verified = await verifier.verify(request.headers)
    verified.user.email

`betterauth_py.verify.sync` is the same without await. Nothing of the auth server is imported or
needed, and a name is loaded when it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from betterauth_py.public_names import load_public_name

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
    "JWT": "betterauth_py.verify.jwt",
    "CookieCache": "betterauth_py.verify.cookie_cache",
    "CookieNames": "betterauth_py.verify.credentials",
    "Database": "betterauth_py.verify.database",
    "InvalidSessionError": "betterauth_py.verify.errors",
    "NoSessionError": "betterauth_py.verify.errors",
    "Redis": "betterauth_py.verify.redis",
    "Remote": "betterauth_py.verify.remote",
    "Session": "betterauth_py.verify.records",
    "SessionError": "betterauth_py.verify.errors",
    "SessionSource": "betterauth_py.verify.session_source",
    "SessionVerifier": "betterauth_py.verify.verifier",
    "User": "betterauth_py.verify.records",
    "VerificationUnavailableError": "betterauth_py.verify.errors",
    "VerifiedSession": "betterauth_py.verify.records",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    return load_public_name(__name__, _HOMES, name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
