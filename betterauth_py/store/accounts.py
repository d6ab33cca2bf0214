"""Accounts: a user's credentials, one row per way to sign in."""

from __future__ import annotations

from sqlalchemy import and_, exists, literal, not_, select, update

from betterauth_py.store.hooks import Row
from betterauth_py.store.rows import Rows
from betterauth_py.store.users import CREDENTIAL


class Accounts:
    """Accounts and the password hashes in them."""

    def __init__(self, rows: Rows) -> None:
        """Work on `rows`."""
        self._rows = rows
        self._account = rows.database.table("account")

    async def create(self, row: Row) -> Row | None:
        """Insert an account; None if a hook refuses it."""
        return await self._rows.create("account", row)

    async def replace_hash(self, account_id: str, old_hash: str, new_hash: str) -> None:
        """Store a new hash of the same password, unless the password was changed in the meantime.

        Hooks do not run and `updatedAt` stays: nothing that a user would call a change has happened.
        """
        account = self._account
        statement = (
            update(account)
            .where(and_(account.c.id == account_id, account.c.password == old_hash))
            .values(password=new_hash)
        )
        await self._rows.database.execute(statement)

    async def any_hash_without_prefix(self, prefix: str) -> bool:
        """Tell whether any stored password hash starts with something other than `prefix`."""
        account = self._account
        found = select(literal(1)).where(
            account.c.providerId == CREDENTIAL,
            account.c.password.is_not(None),
            not_(account.c.password.startswith(prefix, autoescape=True)),
        )
        return bool((await self._rows.database.execute(select(exists(found)))).scalar())
