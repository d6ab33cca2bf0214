"""Defence against pre-hijacking: somebody signs up with another person's address, to share that account later.

"Pre-hijacked accounts" (Sudhodanan and Paverd, USENIX Security 2022): a password, a session, an account of another
provider or a link that changes the address, created before the owner signs up, still gives access afterwards.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.flows.mailed_tokens import note_change
from betterauth_py.flows.single_use import store_quietly
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.store.hooks import Row


async def shut_out(
    auth: AuthContext, user: Row, *, stays: Callable[[Row], Awaitable[bool]] | None = None, ends_mails: bool = True
) -> None:
    """Revoke all access to a user whose address was unverified until now. The caller holds the user's lock.

    Args:
        auth: the auth.
        user: the user, as it is now.
        stays: returns whether an account stays. None: none does.
        ends_mails: whether mailed links that change the address end too. A new password ends them anyway.
    """
    for account in await auth.accounts.list_of(user["id"], lock=True):
        if stays is None or not await stays(account):
            await auth.accounts.delete(account["id"])
    # At once, so that whoever waits for the user's lock finds none in secondary storage either.
    await auth.sessions.delete_all_of(user["id"], at_once=True)
    for revoke in auth.access_revokers:
        await revoke(user)
    if ends_mails and auth.options.user.change_email.enabled:
        # Ends links that were mailed before and change the user's address. Other links only reach its owner.
        await note_change(auth, user)


async def note_takeover(auth: AuthContext, user: Row, what: str, life: int) -> None:
    """Note for `life` seconds, as long as `what` lives, that a user was given to the owner of its address.

    For access revokers whose codes cannot be found by user: they end what `is_from_before_takeover`.
    """
    await store_quietly(auth, _noted(user["id"], what), str(to_milliseconds(auth.now())), life)


async def is_from_before_takeover(auth: AuthContext, user_id: str, what: str, made: datetime) -> bool:
    """Return whether what was made for a user then is older than a noted takeover of the user."""
    noted = await auth.verifications.find(_noted(user_id, what), auth.now())
    return noted is not None and to_milliseconds(made) <= int(noted["value"])


def _noted(user_id: str, what: str) -> str:
    return f"taken-over-{what}-{user_id}"
