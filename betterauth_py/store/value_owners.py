"""A verification with the user whose id it holds, and the user's row in a plugin's table, in one statement."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, and_, bindparam, cast, select

from betterauth_py.store.hooks import Row
from betterauth_py.store.prepared import Found, Prepared
from betterauth_py.store.rows import Rows
from betterauth_py.store.users import CREDENTIAL


class Owned(NamedTuple):
    """What is found."""

    value: Row
    user: Row | None
    related: Row | None
    """The user's row in the plugin's table."""
    password_since: datetime | None
    """When the password was last replaced; None without one."""

    @property
    def is_older_than_password(self) -> bool:
        """Whether the password has been replaced since the value was stored."""
        stored = self.value["createdAt"]
        # Older versions of better-auth wrote no `createdAt`.
        return stored is not None and self.password_since is not None and bool(stored < self.password_since)


class ValueOwners:
    """The statements, one for each plugin's table."""

    def __init__(self, rows: Rows) -> None:
        """Work on `rows`."""
        self._rows = rows
        self._of_values: dict[str, Prepared] = {}
        self._of_users: dict[str, Prepared] = {}

    async def find(self, identifier: str, model: str) -> Owned | None:
        """Return the newest value of an identifier, as it is stored, with its owner."""
        prepared = self._of_values.get(model)
        if prepared is None:
            prepared = self._of_values[model] = self._prepare_for_value(model)
        if "\0" in identifier:
            return None
        found = await self._rows.database.fetch(prepared, {"identifier": identifier})
        if not found:
            return None
        return Owned(self._rows.to_row("verification", found[0], "value_"), *self._read_user(model, found[0]))

    async def find_user(self, user_id: str, model: str) -> tuple[Row | None, Row | None, datetime | None]:
        """Return a user, its row in the plugin's table, and when its password was last replaced."""
        prepared = self._of_users.get(model)
        if prepared is None:
            user, related, account = map(self._rows.database.table, ("user", model, "account"))
            columns = [*_labelled(user, "user_"), *_labelled(related, "related_"), _password_since(account)]
            joined = user.outerjoin(related, related.c.userId == user.c.id).outerjoin(
                account, _holds_password(account, user)
            )
            has_id = user.c.id == cast(bindparam("user_id"), user.c.id.type)
            prepared = Prepared(select(*columns).select_from(joined).where(has_id).limit(1), columns)
            self._of_users[model] = prepared
        found = await self._rows.database.fetch(prepared, {"user_id": user_id})
        return self._read_user(model, found[0]) if found else (None, None, None)

    def _prepare_for_value(self, model: str) -> Prepared:
        value, user, related, account = map(self._rows.database.table, ("verification", "user", model, "account"))
        columns = [
            *_labelled(value, "value_"),
            *_labelled(user, "user_"),
            *_labelled(related, "related_"),
            _password_since(account),
        ]
        # The text becomes an id, not the id a text, so that the index of users is used.
        joined = (
            value.outerjoin(user, user.c.id == cast(value.c.value, user.c.id.type))
            .outerjoin(related, related.c.userId == user.c.id)
            .outerjoin(account, _holds_password(account, user))
        )
        newest = (
            select(*columns)
            .select_from(joined)
            .where(value.c.identifier == bindparam("identifier"))
            .order_by(value.c.createdAt.desc())
            .limit(1)
        )
        return Prepared(newest, columns)

    def _read_user(self, model: str, found: Found) -> tuple[Row | None, Row | None, datetime | None]:
        user = None if found["user_id"] is None else self._rows.to_row("user", found, "user_")
        related = None if found["related_id"] is None else self._rows.to_row(model, found, "related_")
        return user, related, found["password_since"]


def _holds_password(account: Table, user: Table) -> ColumnElement[bool]:
    return and_(account.c.userId == user.c.id, account.c.providerId == CREDENTIAL)


def _password_since(account: Table) -> ColumnElement[Any]:
    return account.c.updatedAt.label("password_since")


def _labelled(table: Table, prefix: str) -> list[ColumnElement[Any]]:
    return [column.label(f"{prefix}{column.key}") for column in table.c]
