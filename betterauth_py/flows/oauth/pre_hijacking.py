"""Defence against pre-hijacking: somebody signs up with another person's address, to share that account later.

"Pre-hijacked accounts" (Sudhodanan and Paverd, USENIX Security 2022): a password, a session, an account of another
provider or a link that changes the address, created before the owner signs up, still gives access afterwards.
"""

from __future__ import annotations

from betterauth_py.core.caller import Caller
from betterauth_py.flows.mailed_tokens import note_change
from betterauth_py.flows.oauth.identity import is_trusted
from betterauth_py.store.hooks import Row
from betterauth_py.store.users import CREDENTIAL


async def shut_out(caller: Caller, user: Row, *, keep: str) -> None:
    """Revoke all access to a user with an unverified address, except by the account `keep`. The caller holds the lock.

    Accounts of trusted providers stay, because their addresses are taken as verified, so such an account belongs to the
    owner of the address. They go if accounts with different addresses may be linked.
    """
    auth, different = caller.auth, caller.auth.options.account.account_linking.allow_different_emails
    for account in await auth.accounts.list_of(user["id"], lock=True):
        provider_id = account["providerId"]
        stays = provider_id != CREDENTIAL and not different and await is_trusted(caller, provider_id)
        if account["id"] != keep and not stays:
            await auth.accounts.delete(account["id"])
    await auth.sessions.delete_all_of(user["id"])
    # Ends links that were mailed before, such as one that changes the user's address.
    await note_change(auth, user)
