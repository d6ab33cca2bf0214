"""Defence against pre-hijacking: somebody signs up with another person's address, to share that account later.

"Pre-hijacked accounts" (Sudhodanan and Paverd, USENIX Security 2022): a password, a session, an account of another
provider or a link that changes the address, created before the owner signs up, still gives access afterwards.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.flows.mailed_tokens import note_change
from betterauth_py.store.hooks import Row


async def shut_out(
    auth: AuthContext, user: Row, *, stays: Callable[[Row], Awaitable[bool]] | None = None, ends_mails: bool = True
) -> None:
    """Revoke all access to a user whose address was unverified until now. The caller holds the user's lock.

    Args:
        auth: the auth.
        user: the user.
        stays: returns whether an account stays. None: none does.
        ends_mails: whether mailed links that change the address end too. A new password ends them anyway.
    """
    for account in await auth.accounts.list_of(user["id"], lock=True):
        if stays is None or not await stays(account):
            await auth.accounts.delete(account["id"])
    await auth.sessions.delete_all_of(user["id"])
    for revoke in auth.access_revokers:
        await revoke(user)
    if ends_mails and auth.options.user.change_email.enabled:
        # Ends links that were mailed before and change the user's address. Other links only reach its owner.
        await note_change(auth, user)
