"""The verifier in Starlette: `request.user`, `request.auth` and `@requires("authenticated")`.

app = Starlette(
    routes=routes,
    middleware=[Middleware(BetterAuthMiddleware, verifier=verifier, trusted_origins=["https://app.example.com"])],
)
"""

from __future__ import annotations

from betterauth_py.verify import asgi
from betterauth_py.verify.integration import AuthState, require_package
from betterauth_py.verify.records import Session, User, VerifiedSession

with require_package("Starlette", "starlette"):
    from starlette.authentication import AuthCredentials, BaseUser, UnauthenticatedUser

__all__ = ["BetterAuthMiddleware", "SessionCredentials", "SignedInUser"]


class SignedInUser(User, BaseUser):
    """A `User` with the attributes of Starlette's `BaseUser`."""

    @property
    def is_authenticated(self) -> bool:
        """True."""
        return True

    @property
    def display_name(self) -> str:
        """The name, or the address if the name is empty or missing."""
        return str(self.get("name") or self.get("email") or self.id)

    @property
    def identity(self) -> str:
        """The user's id."""
        return self.id


class SessionCredentials(AuthCredentials):
    """The scope `authenticated`, and the session behind it."""

    def __init__(self, verified: VerifiedSession) -> None:
        """Create them from the session."""
        super().__init__(["authenticated"])
        self.verified = verified

    @property
    def session(self) -> Session:
        """The session."""
        return self.verified.session


class BetterAuthMiddleware(asgi.BetterAuthMiddleware):
    """Sets `request.user` and `request.auth` as Starlette's own `AuthenticationMiddleware` does.

    `request.user` is a `SignedInUser`, else Starlette's `UnauthenticatedUser`; `request.auth` holds the scope
    `authenticated` and the `session`. So `@requires("authenticated", status_code=401)` works.
    """

    def introduce(self, scope: asgi.Scope, auth_state: AuthState) -> None:
        """Authenticate the connection and pass it to the application."""
        verified = auth_state.verified
        scope["betterauth"] = verified
        scope["user"] = UnauthenticatedUser() if verified is None else SignedInUser(verified.user)
        scope["auth"] = AuthCredentials() if verified is None else SessionCredentials(verified)
