"""Users."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, cast, exists, literal, select

from betterauth_py.javascript.values import well_formed
from betterauth_py.store.conditions import Condition, Where
from betterauth_py.store.hooks import REFUSED, Row
from betterauth_py.store.inserts import Holding
from betterauth_py.store.prepared import Found, Prepared
from betterauth_py.store.rows import Rows
from betterauth_py.store.sessions.sessions import Sessions

CREDENTIAL = "credential"
"""The provider id of accounts that sign in with a password."""


class _TakenBackError(Exception):
    """Ends a transaction of which nothing is to be kept."""


class Users:
    """Users, found by what identifies them."""

    def __init__(self, rows: Rows, sessions: Sessions) -> None:
        """Work on `rows`; keep `sessions` true to them."""
        self._rows = rows
        self._sessions = sessions
        self._user = rows.database.table("user")
        self._account = rows.database.table("account")
        self._by_field: dict[str, tuple[Prepared, Prepared]] = {}
        has_email = self._user.c.email == bindparam("email")
        found_by_email = select(self._user).where(has_email).limit(1)
        self._by_email = Prepared(found_by_email, list(self._user.c))
        self._held: dict[tuple[str, ...], Select[Any]] = {}
        found = select(self._user).where(self._user.c.id == bindparam("user_id"))
        self._to_lock = Prepared(self._locking(found), list(self._user.c))
        self._to_lock_by_email = Prepared(self._locking(found_by_email), list(self._user.c))
        self._with_credential = self._prepare_with_credential(has_email)

    async def exists(self, email: str) -> bool:
        """Return whether a user has this lower-case address."""
        if "\0" in email:
            return False
        statement = select(exists(select(literal(1)).where(self._user.c.email == well_formed(email))))
        return bool((await self._rows.database.execute(statement)).scalar())

    async def find_by_email(self, email: str, *, lock: bool = False) -> Row | None:
        """Return the user with this lower-case address, or None; `lock` locks it as `lock` does."""
        if "\0" in email:
            return None
        prepared = self._to_lock_by_email if lock else self._by_email
        user = await self._rows.fetch_one("user", prepared, {"email": well_formed(email)})
        return user if user is not None and is_same_address(user["email"], email) else None

    def holding(self, user: Row, *fields: str) -> Holding:
        """Hold the user while these fields, such as the address it has proven, have the values of `user`."""
        held = self._held.get(fields)
        if held is None:
            column = self._user.c
            same = (column[name].is_not_distinct_from(bindparam(f"held_{name}")) for name in fields)
            held = self._sharing(select(column.id).where(column.id == bindparam("held_user_id"), *same))
            self._held[fields] = held
        return Holding(held, {"held_user_id": user["id"], **{f"held_{name}": user[name] for name in fields}})

    async def find_by(self, field: str, value: str) -> Row | None:
        """Return the user whose field, of which no two users have the same value, is `value`; or None."""
        if "\0" in value:
            return None
        return await self._rows.fetch_one("user", self._prepared_by(field)[0], {"value": well_formed(value)})

    async def find_with_credential_by(self, field: str, value: str) -> tuple[Row | None, str | None, str | None]:
        """As `find_with_credential`, for the user whose field is `value`."""
        values = {"value": well_formed(value)}
        rows = () if "\0" in value else await self._rows.database.fetch(self._prepared_by(field)[1], values)
        return self._read_with_credential(rows[0]) if rows else (None, None, None)

    def _prepared_by(self, field: str) -> tuple[Prepared, Prepared]:
        prepared = self._by_field.get(field)
        if prepared is None:
            has_value = self._user.c[field] == bindparam("value")
            plain = Prepared(select(self._user).where(has_value).limit(1), list(self._user.c))
            prepared = self._by_field[field] = plain, self._prepare_with_credential(has_value)
        return prepared

    async def find_with_credential(self, email: str) -> tuple[Row | None, str | None, str | None]:
        """Return the user with this lower-case address, the id of its credential account and its password's hash.

        One round trip; what there is not is None.
        """
        rows = await self._rows.database.fetch(self._with_credential, {"email": email})
        if not rows or not is_same_address(rows[0]["user_email"], email):
            return None, None, None
        return self._read_with_credential(rows[0])

    def _read_with_credential(self, found: Found) -> tuple[Row, str | None, str | None]:
        return self._rows.to_row("user", found, "user_"), found["account_id"], found["account_password"]

    def _prepare_with_credential(self, has_email: ColumnElement[bool]) -> Prepared:
        user, account = self._user, self._account
        joined = user.outerjoin(
            account,
            and_(
                account.c.userId == user.c.id,
                account.c.providerId == CREDENTIAL,
                account.c.accountId == cast(user.c.id, Text),
            ),
        )
        columns: list[ColumnElement[Any]] = [column.label(f"user_{column.key}") for column in user.c]
        columns += [account.c.id.label("account_id"), account.c.password.label("account_password")]
        return Prepared(select(*columns).select_from(joined).where(has_email).limit(1), columns)

    async def find(self, user_id: str, *, lock: bool = False) -> Row | None:
        """Return the user with this id, or None; `lock` locks it as `lock` does."""
        if lock:
            return await self._rows.fetch_one("user", self._to_lock, {"user_id": user_id})
        return await self._rows.find_one("user", self._user.c.id == user_id)

    async def lock(self, user_id: str) -> bool:
        """Let nobody else who locks change this user until the transaction ends; tell whether the user exists.

        Whoever changes several rows of a user locks first, so that no two wait for each other.
        """
        statement = self._locking(select(self._user.c.id).where(self._user.c.id == user_id))
        return (await self._rows.database.execute(statement)).first() is not None

    async def hold(self, user_id: str, *where: Condition) -> bool:
        """Return whether the user meets the conditions, which then hold until the transaction ends.

        Several may hold the same user; whoever changes it waits for them.
        """
        conditions = self._rows.clauses("user", (Where("id", user_id), *where))
        statement = self._sharing(select(self._user.c.id).where(*conditions))
        return (await self._rows.database.execute(statement)).first() is not None

    def _sharing(self, statement: Select[Any]) -> Select[Any]:
        # FOR SHARE: sign-ins run concurrently; a change of the user and a sign-in wait for each other.
        is_postgresql = self._rows.database.url.dialect == "postgresql"
        return statement.with_for_update(read=True) if is_postgresql else statement

    def _locking(self, statement: Select[Any]) -> Select[Any]:
        if self._rows.database.url.dialect != "postgresql":
            return statement
        # FOR NO KEY UPDATE: others may still insert rows that refer to the user.
        return statement.with_for_update(key_share=True)

    async def delete(self, user_id: str) -> None:
        """Delete the user with its sessions and accounts; the caller opens the transaction."""
        await self.lock(user_id)
        await self._sessions.delete_with_user(user_id)
        await self._rows.delete_many("account", self._account.c.userId == user_id)
        await self._rows.delete("user", self._user.c.id == user_id)

    async def update(
        self,
        user_id: str,
        changes: Row,
        *,
        while_email: str | None = None,
        while_session: str | None = None,
    ) -> Row | None:
        """Change the user and return it; None if it is gone or a hook refuses.

        If given, only as long as it has this address, and as long as the session with this token lives.

        Raises:
            NotStoredError: if the database refuses the change.
        """
        where = [self._user.c.id == user_id]
        if while_email is not None:
            where.append(self._user.c.email == while_email)
        if while_session is not None and (alive := self._sessions.is_alive(while_session, user_id)) is not None:
            where.append(alive)
        updated = await self._rows.update("user", changes, *where)
        if updated is not None:
            await self._sessions.refresh_user(user_id)
        return updated

    async def update_by(self, field: str, value: str, changes: Row) -> Row | None:
        """Change the user whose field, of which no two users have the same value, is `value`; None as for `update`.

        None also if there is no such user. One statement, unless a function of the deployment would be told of an
        update although there is no user.
        """
        hooks = self._rows.hooks
        is_told = not hooks.may_rehearse("user", "update") or hooks.after("user", "update", None)
        if is_told and await self.find_by(field, value) is None:
            return None
        updated = await self._rows.update("user", changes, Where(field, value))
        if updated is not None:
            await self._sessions.refresh_user(updated["id"])
        return updated

    async def create(self, row: Row) -> Row | None:
        """Insert a user; None if a hook refuses it."""
        return await self._rows.create("user", row)

    async def rehearse(self, row: Row) -> Row | None:
        """Return a user as it would be stored, and store nothing; None if a hook of a plugin refuses it.

        Plugins' hooks are asked before, and not told after. A deployment's may act, so they are not asked about a user
        that will not be; where there are any, nothing is known of what would be stored: {}.

        Raises:
            NotStoredError: if the database would refuse it.
            APIError: whatever a plugin's hook raises.
        """
        hooks = self._rows.hooks
        if not hooks.may_rehearse("user", "create"):
            return None if await hooks.before("user", "create", row, asks_deployment=False) is REFUSED else {}
        stored: Row | None = None
        try:
            async with self._rows.database.transaction():
                stored = await self._rows.create("user", row)
                raise _TakenBackError
        except _TakenBackError:
            return stored


def is_same_address(stored: str, email: str) -> bool:
    """Return whether a found address is the one looked for: a collation may take others for it (citext, accents)."""
    return stored == email or normalize("NFC", stored).lower() == normalize("NFC", email).lower()
