"""Sessions without a database: the cookies are what counts, and a process learns from them what it does not know.

Users, sessions and accounts are also kept in the memory of the process that made them, as better-auth 1.7.25 keeps
them. Other processes do not share it, so whatever needs a row first makes sure that it is as new as the cookie.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from betterauth_py.core.account_cookie import read_account_cookie
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.context import EndpointContext
from betterauth_py.crypto.purpose import secrets_for
from betterauth_py.store.hooks import Row
from betterauth_py.store.remembered import remember
from betterauth_py.wire.cookie_cache import is_expired

_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PURPOSE: Final = "stateless-user-id"


async def find_as_cookies_say(ctx: EndpointContext[Any, Any], session: Row, user: Row) -> tuple[Row, Row]:
    """Return the session and user of an authentic cookie, or newer ones that this process knows.

    If this process has ended the session, it is returned as expired. The given rows themselves are returned if they
    cannot be stored here.
    """
    auth = ctx.auth
    found = await auth.sessions.find_with_user(session["token"], fresh=True)
    if found is not None and (
        is_expired(found[0]["expiresAt"], auth.clock.milliseconds()) or not _is_older(found, (session, user))
    ):
        return found
    if await remember(auth.rows, session, user, _account_of(ctx, user), auth.now()):
        return await auth.sessions.find_with_user(session["token"], fresh=True) or (session, user)
    return session, user


async def know_user(ctx: EndpointContext[Any, Any], user: Row) -> None:
    """Make sure that this process knows the user of a session in secondary storage, where there is no database."""
    auth = ctx.auth
    if not auth.database.url.in_process or auth.secondary_storage is None:
        return
    known = await auth.users.find(user["id"])
    if known is None or known["updatedAt"] < user["updatedAt"]:
        await remember(auth.rows, None, user, _account_of(ctx, user), auth.now())


def _account_of(ctx: EndpointContext[Any, Any], user: Row) -> Row | None:
    account = read_account_cookie(ctx) if ctx.options.account.store_account_cookie else None
    return account if account is not None and account.get("userId") == user["id"] else None


async def lasting_user_id(auth: AuthContext, *identity: str) -> str | None:
    """Return the id of a new user that every process would give them, or None if ids are made at random.

    Without a database the same person would otherwise be somebody else after each restart and on each server. The id
    follows from what identifies the user, such as a verified address, and from the oldest secret: without that, an id
    would tell whose it is.
    """
    generate = auth.options.advanced.database.generate_id
    if not auth.database.url.in_process or generate not in {None, "uuid"}:
        return None
    secrets = secrets_for(_PURPOSE, auth.secrets)
    oldest = secrets.versions[min(secrets.versions)] if secrets.versions else secrets.current
    digest = hmac.digest(oldest.encode(), "\0".join(identity).encode(), hashlib.sha256)
    # In the form of random ones (RFC 9562, 4), which columns and clients take.
    user_id = str(UUID(bytes=digest[:16], version=4)) if generate == "uuid" else _as_letters(digest)
    # Somebody who has had the address before may still be known by it.
    return user_id if await auth.users.find(user_id) is None else None


async def lasting_provider_user_id(auth: AuthContext, account: Sequence[str], verified_email: str | None) -> str | None:
    """As `lasting_user_id`, for a user of a provider: by the address, where accounts of one address are linked.

    Otherwise a process that does not know the user would give them another id than one that does.
    """
    linking = auth.options.account.account_linking
    if verified_email is not None and linking.enabled and not linking.disable_implicit_linking:
        return await lasting_user_id(auth, "address", verified_email)
    return await lasting_user_id(auth, "account", *account)


def _as_letters(digest: bytes) -> str:
    number, letters = int.from_bytes(digest), ""
    for _ in range(32):
        number, index = divmod(number, len(_LETTERS))
        letters += _LETTERS[index]
    return letters


def _is_older(stored: tuple[Row, Row], cached: tuple[Row, Row]) -> bool:
    return any(mine["updatedAt"] < theirs["updatedAt"] for mine, theirs in zip(stored, cached, strict=True))
