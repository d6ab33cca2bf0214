"""Whoever signed up first with an address that is not theirs, to share the account of its owner later.

"Pre-hijacked accounts" (Sudhodanan and Paverd, USENIX Security 2022): a password, a session, an account of another
provider or a link that changes the address, each made before the owner comes, and each a way in afterwards.
"""

from __future__ import annotations

from betterauth_py.core.caller import Caller
from betterauth_py.flows.mailed_tokens import note_change
from betterauth_py.flows.oauth.identity import is_trusted
from betterauth_py.store.hooks import Row
from betterauth_py.store.users import CREDENTIAL


async def shut_out(caller: Caller, user: Row, *, keep: str) -> None:
    """End every way in to a user whose address nobody has proved, but the account `keep`. The user is locked.

    Accounts of trusted providers stay: their addresses count as verified, so the account's is the user's own, unless
    accounts with different addresses may be linked.
    """
    auth, different = caller.auth, caller.auth.options.account.account_linking.allow_different_emails
    for account in await auth.accounts.list_of(user["id"], lock=True):
        provider_id = account["providerId"]
        stays = provider_id != CREDENTIAL and not different and await is_trusted(caller, provider_id)
        if account["id"] != keep and not stays:
            await auth.accounts.delete(account["id"])
    await auth.sessions.delete_all_of(user["id"])
    # Links that were mailed before, such as one that moves the user to another address.
    await note_change(auth, user)
