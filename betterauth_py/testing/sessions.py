"""Sessions for tests, with the cookies that the server itself would set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.session_cookies import set_session_cookie
from betterauth_py.flows.session import create_session
from betterauth_py.testing.cookies import BrowserCookie, browser_cookies, cookie_header
from betterauth_py.testing.factories import RowFactory, call_context, id_of
from betterauth_py.verify.records import Session, User


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A user who is signed in."""

    user: User
    session: Session
    set_cookies: tuple[str, ...] = field(repr=False)
    """The `Set-Cookie` values of the sign-in."""
    cookies: list[BrowserCookie] = field(repr=False)
    """What a browser keeps of them, as Playwright's `context.add_cookies` takes it."""

    @property
    def token(self) -> str:
        """The session's token."""
        return self.session.token

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request by this user: the signed cookies."""
        return {"cookie": cookie_header(self.cookies)}


class SessionFactory(RowFactory[Session]):
    """Sessions of a tested server."""

    def __init__(self, context: AuthContext) -> None:
        """Make sessions of this server."""
        super().__init__(context, "session", Session)

    async def create(self, user: Mapping[str, Any] | str, **fields: Any) -> Session:  # type: ignore[override]
        """Store a session of a user as a sign-in does; `fields` are laid over it, such as `expires_at`.

        Raises:
            AssertionError: if a database hook refuses it, or there is no such user.
        """
        row = await self._start(id_of(user), {self._wire_name(name): value for name, value in fields.items()})
        return Session.of(row)

    async def delete(self, row: Mapping[str, Any] | str) -> None:
        """End a session, given as such or by its token."""
        await self._context.sessions.delete(row if isinstance(row, str) else str(row["token"]))

    async def login(self, user: Mapping[str, Any] | str, **fields: Any) -> SignedIn:
        """Sign a user in without a credential; `fields` are laid over the session.

        Raises:
            AssertionError: if a database hook refuses it, or there is no such user.
        """
        found = await self._context.users.find(id_of(user))
        if found is None:
            raise AssertionError(f"There is no user {id_of(user)}. Store one first: await auth.users.create()")
        session = await self.create(found, **fields)
        ctx = call_context(self._context)
        await set_session_cookie(ctx, dict(session), found, remember=True)
        set_cookies = tuple(ctx.response_headers.cookies)
        return SignedIn(
            user=User.of(found),
            session=session,
            set_cookies=set_cookies,
            cookies=browser_cookies(set_cookies, host_of(self._context)),
        )

    async def _start(self, user_id: str, fields: dict[str, Any]) -> dict[str, Any]:
        created = await create_session(self._context, user_id, fields=fields)
        if created is None:
            raise AssertionError("A database hook has refused the session.")
        return created


def host_of(context: AuthContext) -> str:
    """Return the host of the server's base URL."""
    return urlsplit(context.base_origin or "").hostname or "localhost"
