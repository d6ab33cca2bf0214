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

    async def list_of(self, user_id: str, *, lock: bool = False) -> list[Row]:
        """Return the user's accounts; with `lock`, nobody else changes them until the transaction ends."""
        if lock and self._rows.database.url.dialect == "postgresql":
            own = select(self._account.c.id).where(self._account.c.userId == user_id).with_for_update()
            await self._rows.database.execute(own)
        return await self._rows.find_many("account", self._account.c.userId == user_id)

    async def find_credential(self, user_id: str) -> Row | None:
        """Return the account that holds the user's password, or None."""
        account = self._account
        return await self._rows.find_one(
            "account",
            account.c.userId == user_id,
            account.c.providerId == CREDENTIAL,
            account.c.accountId == user_id,
        )

    async def set_hash(self, account_id: str, password_hash: str) -> None:
        """Store a new password's hash."""
        await self._rows.update("account", {"password": password_hash}, self._account.c.id == account_id)

    async def delete(self, account_id: str) -> None:
        """Delete an account by its row's id."""
        await self._rows.delete("account", self._account.c.id == account_id)

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
