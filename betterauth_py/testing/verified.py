"""Says who is signed in at a service, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from betterauth_py.testing.names import wire_name
from betterauth_py.verify import sync
from betterauth_py.verify.errors import NoSessionError, SessionError
from betterauth_py.verify.records import Session, User, VerifiedSession
from betterauth_py.verify.verifier import SessionVerifier, SourceChain

AnyVerifier = SessionVerifier | sync.SessionVerifier

_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)


@contextmanager
def verified_as(
    verifier: AnyVerifier, user: User | VerifiedSession | SessionError | None = None, /, **fields: Any
) -> Iterator[VerifiedSession | None]:
    """Have a service's verifier find `user` signed in, whatever a request brings, until the block ends.

    Args:
        verifier: the `SessionVerifier` of the service under test, either twin.
        user: who is signed in; a whole session; an error such as `VerificationUnavailableError("...")` that is raised;
            None, without `fields`, for a request without a session.
        fields: of a user who is made up, by better-auth's names or in snake_case: `name="Ada"`.

    Example:
        with verified_as(myservice.verifier, name="Ada", email="ada@example.com"):
            assert client.get("/me").json() == {"name": "Ada"}

    Raises:
        TypeError: if it is no such verifier.
    """
    given: object = verifier
    if not isinstance(given, AnyVerifier):
        msg = f"verified_as: give the SessionVerifier of your service, not a {type(given).__name__}."
        raise TypeError(msg)
    answer: VerifiedSession | SessionError | None
    if user is None:
        answer = _session_of(_made_up(fields)) if fields else None
    else:
        answer = _session_of(user) if isinstance(user, User) else user
    chain = _FixedChain(answer)
    replaced, verifier._chain = verifier._chain, chain
    try:
        yield answer if isinstance(answer, VerifiedSession) else None
    finally:
        verifier._chain = replaced


class _FixedChain(SourceChain):
    def __init__(self, answer: VerifiedSession | SessionError | None) -> None:
        self._answer = answer

    async def find(self, _: Any) -> VerifiedSession:
        if self._answer is None:
            raise NoSessionError
        if isinstance(self._answer, SessionError):
            raise self._answer
        return self._answer


def _made_up(fields: dict[str, Any]) -> User:
    core = {
        "name": "Test User",
        "email": "test@example.com",
        "emailVerified": True,
        "image": None,
        "createdAt": _NOW,
        "updatedAt": _NOW,
        "id": "test-user",
    }
    return User.of({**core, **{wire_name(name): value for name, value in fields.items()}})


def _session_of(user: User) -> VerifiedSession:
    now = datetime.now(UTC)
    fields = {
        "expiresAt": now + timedelta(days=7),
        "token": "test-session-token",
        "createdAt": now,
        "updatedAt": now,
        "ipAddress": "",
        "userAgent": "",
        "userId": user.id,
        "id": "test-session",
    }
    return VerifiedSession(Session.of(fields), user, (), "test")
