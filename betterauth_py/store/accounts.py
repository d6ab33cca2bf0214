"""Accounts: a user's credentials, one row per way to sign in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, literal, not_, select, update

from betterauth_py.javascript.values import well_formed
from betterauth_py.store.conditions import Where
from betterauth_py.store.errors import AmbiguousAccountError
from betterauth_py.store.hooks import Row
from betterauth_py.store.inserts import Holding
from betterauth_py.store.prepared import Prepared
from betterauth_py.store.rows import Rows
from betterauth_py.store.users import CREDENTIAL


class Accounts:
    """Accounts and the password hashes in them."""

    def __init__(self, rows: Rows) -> None:
        """Work on `rows`."""
        self._rows = rows
        self._account = account = rows.database.table("account")
        self._with_hash = self._held(account.c.password == bindparam("held_hash"))
        self._of_user = self._held(account.c.userId == bindparam("held_user_id"))
        self._with_owner = self._prepare_with_owner()

    async def create(self, row: Row) -> Row | None:
        """Insert an account; None if a hook refuses it."""
        return await self._rows.create("account", row)

    async def list_of(self, user_id: str, *, lock: bool = False, limit: int | None = None) -> list[Row]:
        """Return the user's accounts, at most `limit`.

        `lock` keeps other transactions from changing them until this one ends.
        """
        if lock and self._rows.database.url.dialect == "postgresql":
            own = select(self._account.c.id).where(self._account.c.userId == user_id).with_for_update()
            await self._rows.database.execute(own)
        return await self._rows.find_many("account", self._account.c.userId == user_id, limit=limit)

    async def find_by_key(self, provider_id: str, account_id: str) -> Row | None:
        """Return the account that a provider's user is, or None.

        Raises:
            AmbiguousAccountError: if several have this key, which nothing but other programs' rows can be.
        """
        found = await self.find_with_owner(provider_id, account_id)
        return None if found is None else found[0]

    async def find_with_owner(self, provider_id: str, account_id: str) -> tuple[Row, Row | None] | None:
        """Return the account that a provider's user is, with the user whose it is; or None. One round trip.

        Raises:
            AmbiguousAccountError: as `find_by_key`.
        """
        if "\0" in provider_id + account_id:
            return None
        key = {"provider_id": well_formed(provider_id), "account_id": well_formed(account_id)}
        found = await self._rows.database.fetch(self._with_owner, key)
        if len(found) > 1:
            raise AmbiguousAccountError(provider_id)
        if not found:
            return None
        account = self._rows.to_row("account", found[0], "account_")
        return account, None if found[0]["user_id"] is None else self._rows.to_row("user", found[0], "user_")

    def _held(self, condition: ColumnElement[bool]) -> Select[Any]:
        account = self._account
        held = select(account.c.id).where(account.c.id == bindparam("held_account_id"), condition)
        if self._rows.database.url.dialect == "postgresql":
            # FOR SHARE: sign-ins run concurrently; a change of the account and a sign-in wait for each other.
            held = held.with_for_update(read=True)
        return held

    def _prepare_with_owner(self) -> Prepared:
        account, user = self._account, self._rows.database.table("user")
        columns: list[ColumnElement[Any]] = [column.label(f"account_{column.key}") for column in account.c]
        columns += [column.label(f"user_{column.key}") for column in user.c]
        has_key = and_(account.c.providerId == bindparam("provider_id"), account.c.accountId == bindparam("account_id"))
        joined = account.outerjoin(user, user.c.id == account.c.userId)
        return Prepared(select(*columns).select_from(joined).where(has_key).limit(2), columns)

    async def lock_key(self, provider_id: str, account_id: str) -> None:
        """Let nobody else store an account of this key until the transaction ends: no constraint says it is unique."""
        await self._rows.database.lock(well_formed(f"account:{provider_id}:{account_id}"))

    async def update(self, account_id: str, changes: Row, *, while_refresh_token: str | None = None) -> Row | None:
        """Change the account of this row id and return it; None if it is gone or a hook refuses.

        With `while_refresh_token`, only as long as that is what it holds.

        Raises:
            NotStoredError: if the database refuses the change.
        """
        where = [Where("id", account_id)]
        if while_refresh_token is not None:
            where.append(Where("refreshToken", while_refresh_token))
        return await self._rows.update("account", changes, *where)

    async def find_credential(self, user_id: str, *, lock: bool = False) -> Row | None:
        """Return the account that holds the user's password, or None.

        With `lock`, nobody else changes it, and nobody signs in by it, until the transaction ends.
        """
        account = self._account
        own = (account.c.userId == user_id, account.c.providerId == CREDENTIAL, account.c.accountId == user_id)
        if lock and self._rows.database.url.dialect == "postgresql":
            await self._rows.database.execute(select(account.c.id).where(*own).with_for_update())
        return await self._rows.find_one("account", *own)

    def holding_hash(self, account_id: str, password_hash: str) -> Holding:
        """Hold the account while it has this hash."""
        return Holding(self._with_hash, {"held_account_id": account_id, "held_hash": password_hash})

    def holding_owner(self, account_id: str, user_id: str) -> Holding:
        """Hold the account while it is linked to this user."""
        return Holding(self._of_user, {"held_account_id": account_id, "held_user_id": user_id})

    async def set_hash(self, account_id: str, old_hash: str | None, new_hash: str) -> Row | None:
        """Replace the old password hash by a new one; None if the old one is no longer stored or a hook refuses."""
        account = self._account
        has_old = account.c.password.is_not_distinct_from(old_hash)
        return await self._rows.update("account", {"password": new_hash}, account.c.id == account_id, has_old)

    async def delete(self, account_id: str) -> None:
        """Delete an account by its row's id."""
        await self._rows.delete("account", self._account.c.id == account_id)

    async def replace_hash(self, account_id: str, old_hash: str, new_hash: str) -> bool:
        """Store a new hash of the same password, unless another hash is there by now; tell whether it is stored.

        Hooks do not run and `updatedAt` stays: nothing that a user would call a change has happened.
        """
        account = self._account
        statement = (
            update(account)
            .where(and_(account.c.id == account_id, account.c.password == old_hash))
            .values(password=new_hash)
        )
        return bool((await self._rows.database.execute(statement)).rowcount)

    async def any_hash_without_prefix(self, prefix: str) -> bool:
        """Return whether any stored password hash starts with something other than `prefix`."""
        account = self._account
        found = select(literal(1)).where(
            account.c.providerId == CREDENTIAL,
            account.c.password.is_not(None),
            not_(account.c.password.startswith(prefix, autoescape=True)),
        )
        return bool((await self._rows.database.execute(select(exists(found)))).scalar())
