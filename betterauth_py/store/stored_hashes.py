"""What the stored password hashes mean for new ones."""

from __future__ import annotations

from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.store.accounts import Accounts
from betterauth_py.store.database import Database, logger
from betterauth_py.store.migrations import read_database_stamp


async def choose_hash_kind(database: Database, accounts: Accounts, passwords: PasswordHasher) -> None:
    """Have new hashes be ones that better-auth reads, where options leave that open and the database comes from it.

    Raises:
        DatabaseError: if the database cannot be reached.
    """
    if not passwords.kind_is_open:
        return
    stamp = await read_database_stamp(database)
    # Nobody has adopted tables without a stamp: what is in them decides.
    is_unknown = stamp.revision is None
    if stamp.is_adopted or (is_unknown and await accounts.any_hash_without_prefix(passwords.own_prefix)):
        passwords.make_scrypt()
        logger.info(
            "New password hashes are scrypt, which better-auth reads: the database comes from it. The option "
            "email_and_password.password.algorithm decides otherwise"
        )


async def look_for_other_hashes(accounts: Accounts, passwords: PasswordHasher) -> None:
    """Tell `passwords` whether hashes of the kind that it does not make are stored."""
    prefix = passwords.own_prefix
    if prefix and await accounts.any_hash_without_prefix(prefix):
        passwords.other_kind_stored = True
