"""The session verifier: one import tells a Python service who is signed in at a BetterAuth server, ours or Node's.

    from betterauth_py.verify import CookieCache, Remote, SessionVerifier

    verifier = SessionVerifier(CookieCache(secret=...), Remote("http://localhost:3001"))
    verified = await verifier.verify(request.headers)
    verified.user.email

`betterauth_py.verify.sync` is the same without await. Nothing of the auth server is imported or needed.
"""

from __future__ import annotations

from betterauth_py.verify.cookie_cache import CookieCache
from betterauth_py.verify.credentials import CookieNames
from betterauth_py.verify.database import Database
from betterauth_py.verify.errors import CannotTellError, InvalidSessionError, NoSessionError, SessionError
from betterauth_py.verify.jwt import JWT
from betterauth_py.verify.records import Session, User, VerifiedSession
from betterauth_py.verify.redis import Redis
from betterauth_py.verify.remote import Remote
from betterauth_py.verify.verifier import SessionVerifier
from betterauth_py.verify.ways import Way

__all__ = [
    "JWT",
    "CannotTellError",
    "CookieCache",
    "CookieNames",
    "Database",
    "InvalidSessionError",
    "NoSessionError",
    "Redis",
    "Remote",
    "Session",
    "SessionError",
    "SessionVerifier",
    "User",
    "VerifiedSession",
    "Way",
]
