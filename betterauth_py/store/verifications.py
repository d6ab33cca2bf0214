"""Verifications: values that prove something for a while, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, exists, or_, select

from betterauth_py.javascript import json
from betterauth_py.javascript.values import well_formed
from betterauth_py.options import SecondaryStorage, VerificationOptions
from betterauth_py.store.conditions import Where
from betterauth_py.store.exact_takes import ExactTakes
from betterauth_py.store.hooks import REFUSED, Row
from betterauth_py.store.identifiers import stored_identifiers
from betterauth_py.store.prepared import Prepared
from betterauth_py.store.rows import Rows
from betterauth_py.store.secondary_verifications import change_value, exchange_value, key_of, life_of, read_value
from betterauth_py.store.stored_values import swap
from betterauth_py.store.value_owners import Owned, ValueOwners

_CLEANUP_INTERVAL: Final = timedelta(seconds=60)


class Verifications:
    """Single-use values by identifier: in the database, in secondary storage, or in both."""

    def __init__(self, rows: Rows, storage: SecondaryStorage | None, options: VerificationOptions) -> None:
        """Work on `rows` and `storage`, as `options` say."""
        self._rows = rows
        self._storage = storage
        self._options = options
        self.in_database = storage is None or options.store_in_database
        """Whether values have rows; if not, secondary storage alone has them."""
        self._verification = rows.database.table("verification")
        has_identifier = self._verification.c.identifier == bindparam("identifier")
        consumption = delete(self._verification).where(has_identifier).returning(*self._verification.c)
        self._consumption = Prepared(consumption, list(self._verification.c))
        still = self._verification.alias()
        superseded = delete(self._verification).where(
            has_identifier,
            or_(self._verification.c.id == bindparam("id"), self._verification.c.createdAt <= bindparam("createdAt")),
            # What has replaced it meanwhile may be of the same millisecond.
            exists(select(still.c.id).where(still.c.id == bindparam("id"))),
        )
        self._supersession = Prepared(superseded.returning(*self._verification.c), list(self._verification.c))
        self._exact_takes = ExactTakes(rows)
        self._owners = ValueOwners(rows)
        self._next_cleanup = datetime.min.replace(tzinfo=UTC)

    async def create(self, row: Row, now: datetime, *, hooked: bool = True) -> Row | None:
        """Store a value; None if a hook refuses it. Not `hooked`, no hook learns of it."""
        stored_as = (await self._identifiers(row["identifier"]))[0]
        row = {**row, "identifier": stored_as}
        storage = self._storage
        if storage is None:
            return await self._rows.create("verification", row, hooked=hooked)
        if not self.in_database:
            # What has no row has no id.
            row = {name: value for name, value in row.items() if name != "id"}

        async def keep(created: Row) -> Row:
            life = life_of(created, now)
            if life > 0:
                await storage.set(key_of(stored_as), json.stringify(created).decode(), life)
            return created

        return await self._rows.create("verification", row, elsewhere=keep, in_database=self.in_database, hooked=hooked)

    async def create_or_pretend(self, row: Row, now: datetime, *, pretend: bool) -> None:
        """Store a value or only `pretend` to: the same statements in one transaction, so the same time, and no row."""
        async with self._rows.database.transaction() if self.in_database else nullcontext():
            await self.create(row, now, hooked=not pretend)
            # What is deleted is the value itself, or nothing at all.
            await self.forget(row["identifier"] if pretend else f"{row['identifier']}:of-nobody")

    async def forget(self, identifier: str) -> None:
        """Delete every value of an identifier; no hook learns of it."""
        stored_as = (await self._identifiers(identifier))[0]
        if self.in_database:
            await self._rows.database.execute(
                delete(self._verification).where(self._verification.c.identifier == stored_as)
            )
        if self._storage is not None:
            await self._storage.delete(key_of(stored_as))

    async def find(self, identifier: str, now: datetime) -> Row | None:
        """Return the newest value of an identifier, expired or not; once a minute, expired rows are deleted after."""
        identifiers = await self._identifiers(identifier)
        if self._storage is not None:
            for stored_as in identifiers:
                found = read_value(await self._storage.get(key_of(stored_as)))
                if found is not None:
                    return found
            if not self.in_database:
                return None
        return await self._find_newest(identifiers, now)

    async def _find_newest(self, identifiers: list[str], now: datetime) -> Row | None:
        found = None
        for stored_as in identifiers:
            found = found or await self._find_row(stored_as)
        # Not in a transaction: it would hold its locks until all those rows are deleted.
        await self._rows.database.after_commit(lambda: self.clean_up(now))
        return found

    async def find_replaceable(self, identifier: str, now: datetime) -> Row | None:
        """Return the newest value for `replace`, expired or not: from the database if it is there, not from a copy."""
        if not self.in_database:
            return await self.find(identifier, now)
        return await self._find_newest(await self._identifiers(identifier), now)

    async def take_exactly(self, wanted: Mapping[str, Sequence[str]], now: datetime) -> bool:
        """Use up the newest values of identifiers if each is one of those given and none has expired, in one statement.

        False says nothing: they may be there, where one statement is not enough (hooks, secondary storage). Look with
        `find_replaceable` then.
        """
        if self._storage is not None or self._rows.hooks.watches("verification", "delete"):
            return False
        stored = {(await self._identifiers(identifier))[0]: values for identifier, values in wanted.items()}
        return await self._exact_takes.take(stored, now)

    async def find_with_owner(self, identifier: str, model: str, now: datetime) -> Owned | None:
        """Return the newest value of an identifier, if it has not expired, with the user whose id it is.

        The user comes with its row in the table of a plugin that has a `userId`; what there is not is None.
        """
        if self._storage is None:
            stored_as = (await self._identifiers(identifier))[0]
            owned = await self._owners.find(stored_as, model)
            if owned is not None:
                await self._rows.database.after_commit(lambda: self.clean_up(now))
                return None if owned.value["expiresAt"] < now else owned
        # Elsewhere, or from before identifiers were stored as they are now.
        found = await self.find(identifier, now)
        if found is None or found["expiresAt"] < now:
            return None
        return Owned(found, *await self._owners.find_user(found["value"], model))

    async def replace(self, found: Row, row: Row | None, now: datetime) -> bool:
        """Replace the value that `find_replaceable` has found, and older ones, by `row` (None: by nothing).

        Of several callers who have found the same value, one replaces it and gets True; the others may look again.
        False also if a hook keeps it. A `row` is stored under the identifier of the value.
        """
        storage, stored_as = self._storage, found["identifier"]
        if storage is not None and not self.in_database:
            return await exchange_value(self._rows, storage, found, row, now)
        async with nullcontext() if row is None else self._rows.database.transaction():
            if not await self._supersede(found):
                return False
            if row is not None:
                row = {**row, "identifier": stored_as}
                created = await self._rows.create("verification", row)
                if storage is not None and created is not None and life_of(created, now) > 0:
                    await storage.set(key_of(stored_as), json.stringify(created).decode(), life_of(created, now))
        if storage is not None and row is None:
            await storage.delete(key_of(stored_as))
        return True

    async def _supersede(self, found: Row) -> bool:
        """Delete a value and older ones of its identifier; return whether it was still there."""
        hooks = self._rows.hooks
        if hooks.watches("verification", "delete") and await hooks.before("verification", "delete", found) is REFUSED:
            return False
        values = {"identifier": found["identifier"], "id": found["id"], "createdAt": found["createdAt"]}
        deleted = await self._rows.database.fetch(self._supersession, values)
        if not any(str(row["id"]) == str(found["id"]) for row in deleted):
            return False
        for function in hooks.after("verification", "delete", found):
            await self._rows.database.after_commit(function)
        return True

    async def update(self, identifier: str, changes: Row, now: datetime, *, still: Row | None = None) -> Row | None:
        """Change the newest value of an identifier; return it as it is then, or None if there is none or it expired.

        One step changes it and demands that the value still is what was read: of several callers at once, one changes
        it, and None tells the others.

        Args:
            identifier: the identifier.
            changes: the fields to change.
            now: the time.
            still: the value as the caller has found it, which must still be there: whoever counts guesses in the value
                gives it, so that two guesses at once do not count as one. None: as it is when this is called.

        Raises:
            NotStoredError: if the database refuses the change.
        """
        storage = self._storage
        if storage is not None and not self.in_database:
            identifiers = await self._identifiers(identifier)
            return await self._rows.update(
                "verification",
                changes,
                elsewhere=lambda given: change_value(storage, identifiers, given, now, still),
                in_database=False,
            )
        found = still or await self.find(identifier, now)
        if found is None or found["expiresAt"] < now:
            return None
        updated = await self._rows.update(
            "verification", changes, Where("id", found["id"]), Where("value", found["value"])
        )
        if updated is None or storage is None:
            return updated
        life = life_of(updated, now)
        if life > 0:
            key = key_of((await self._identifiers(identifier))[0])
            await storage.set(key, json.stringify(updated).decode(), life)
        return updated

    async def delete(self, identifier: str) -> None:
        """Delete every value of an identifier, hooks being told."""
        for stored_as in await self._identifiers(identifier):
            if self.in_database:
                await self._rows.delete_many("verification", Where("identifier", stored_as))
            if self._storage is not None:
                await self._storage.delete(key_of(stored_as))

    async def clean_up(self, now: datetime) -> None:
        """Delete expired rows, once a minute at most."""
        if self.in_database and not self._options.disable_cleanup and self._next_cleanup <= now:
            self._next_cleanup = now + _CLEANUP_INTERVAL
            await self._rows.delete_many("verification", self._verification.c.expiresAt < now)

    async def write_decoy(self, row: Row) -> None:
        """Write to the database and take it back: the statements, the time and the commit of two rows, and no row."""
        async with self._rows.database.transaction():
            await self._rows.create("verification", row, hooked=False)
            await self._rows.database.fetch(self._consumption, {"identifier": row["identifier"]})

    async def pretend_to_replace(self, row: Row) -> None:
        """Take the steps and the time of `replace`, and change nothing. The identifier of `row` is nobody's."""
        key = key_of(row["identifier"])
        if self.in_database:
            await self.write_decoy(row)
        if self._storage is not None:
            await (self._storage.delete(key) if self.in_database else swap(self._storage, key, "nothing", None, None))

    async def consume(self, identifier: str, now: datetime, *, even_expired: bool = False) -> Row | None:
        """Delete an identifier's values and return the newest, unless it is expired; of racing callers one gets it.

        Once a minute, other expired rows are deleted after.
        """
        identifiers = await self._identifiers(identifier)
        consumed: Row | None = None
        if self._storage is not None and not self.in_database:
            for stored_as in identifiers:
                consumed = consumed or read_value(await self._storage.get_and_delete(key_of(stored_as)))
        else:
            for stored_as in identifiers:
                consumed = consumed or await self._consume_rows(stored_as)
            if consumed is not None and self._storage is not None:
                for stored_as in identifiers:
                    await self._storage.delete(key_of(stored_as))
            await self._rows.database.after_commit(lambda: self.clean_up(now))
        if consumed is None or even_expired:
            return consumed
        return None if consumed["expiresAt"] < now else consumed

    async def _identifiers(self, identifier: str) -> list[str]:
        return await stored_identifiers(well_formed(identifier), self._options.store_identifier)

    async def _find_row(self, identifier: str) -> Row | None:
        if "\0" in identifier:
            return None
        verification = self._verification
        newest = (
            select(verification)
            .where(verification.c.identifier == identifier)
            .order_by(verification.c.createdAt.desc())
            .limit(1)
        )
        found = (await self._rows.database.execute(newest)).first()
        return None if found is None else self._rows.to_row("verification", found._mapping)

    async def _consume_rows(self, identifier: str) -> Row | None:
        if "\0" in identifier:
            return None
        if not self._rows.hooks.watches("verification", "delete"):
            return await self._delete_rows(identifier)
        async with self._rows.database.transaction():
            row = await self._rows.find_one("verification", self._verification.c.identifier == identifier)
            if row is not None and await self._rows.hooks.before("verification", "delete", row) is REFUSED:
                return None
            newest = await self._delete_rows(identifier)
            if newest is not None:
                for function in self._rows.hooks.after("verification", "delete", newest):
                    await self._rows.database.after_commit(function)
        return newest

    async def _delete_rows(self, identifier: str) -> Row | None:
        deleted = await self._rows.database.fetch(self._consumption, {"identifier": identifier})
        rows = [self._rows.to_row("verification", found) for found in deleted]
        return max(rows, key=lambda row: row["createdAt"], default=None)
