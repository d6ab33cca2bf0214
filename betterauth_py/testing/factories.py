"""Rows for tests: made up, and stored as the server stores them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from betterauth_py.core.auth_context import AuthContext
from betterauth_py.core.context import EndpointContext
from betterauth_py.crypto.random import generate_id
from betterauth_py.flows.users import UserRefusedError, create_user, credential_account
from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.models.fields import default_of
from betterauth_py.store.errors import NotStoredError
from betterauth_py.testing.names import wire_name
from betterauth_py.verify.records import Record, User
from betterauth_py.wire.headers import RequestHeaders

AnyRecord = TypeVar("AnyRecord", bound=Record)
Defaults = Mapping[str, Any]


class RowFactory(Generic[AnyRecord]):
    """Makes rows of one table. A plugin's tests make one for each of its tables.

    Fields are given by better-auth's names or in snake_case. A default may be a function, called for each row.

    Example:
        notes = RowFactory(auth.context, "note", Record, {"text": "Buy milk"})
        note = await notes.create(user_id=ada.id)
    """

    def __init__(
        self, context: AuthContext, model: str, record: type[AnyRecord], defaults: Defaults | None = None
    ) -> None:
        """Make rows of `model`."""
        self._context = context
        self._model = model
        self._record = record
        self._defaults = defaults or {}
        self._fields = context.schema.models[model].fields

    def build(self, **fields: Any) -> AnyRecord:
        """Return a row that is not stored: the given fields, defaults, and null for what may be null.

        Raises:
            TypeError: for an unknown field, and for one that is required and has no default.
        """
        given = {self._wire_name(name): value for name, value in fields.items()}
        row: dict[str, Any] = {}
        for name, field in self._fields.items():
            if name in given:
                row[name] = given[name]
            elif name in self._defaults:
                row[name] = default_of(self._defaults[name])
            elif field.default_value is not None:
                row[name] = default_of(field.default_value)
            elif field.type == "date" and name in {"createdAt", "updatedAt"}:
                row[name] = self._context.now()
            elif not field.required:
                row[name] = None
            else:
                msg = f"A {self._model} needs {name}: it is required and has no default."
                raise TypeError(msg)
        return self._record.of({**row, "id": given.get("id") or self._context.generate_id(self._model)})

    async def save(self, row: Mapping[str, Any]) -> AnyRecord:
        """Store a row that was built, and return it as stored; database hooks run.

        Raises:
            AssertionError: if a hook refuses it, or the database.
        """
        try:
            stored = await self._context.rows.create(self._model, dict(row))
        except NotStoredError as error:
            raise _refused(self._model) from error
        if stored is None:
            raise AssertionError(f"A database hook has refused the {self._model}.")
        return self._record.of(stored)

    async def create(self, **fields: Any) -> AnyRecord:
        """Build a row and store it."""
        return await self.save(self.build(**fields))

    async def delete(self, row: Mapping[str, Any] | str) -> None:
        """Delete a row, given as such or by its id."""
        await self._context.rows.delete(self._model, self._context.database.table(self._model).c.id == id_of(row))

    def _wire_name(self, name: str) -> str:
        for known in (name, wire_name(name)):
            if known == "id" or known in self._fields:
                return known
        msg = f"A {self._model} has no field {name}. Fields: id, {', '.join(self._fields)}."
        raise TypeError(msg)


class UserFactory(RowFactory[User]):
    """Users of a tested server, with a verified address of their own unless you say otherwise."""

    def __init__(self, context: AuthContext) -> None:
        """Make users of this server."""
        defaults = {"name": "Test User", "email": _new_address, "emailVerified": True}
        super().__init__(context, "user", User, defaults)

    async def save(self, row: Mapping[str, Any]) -> User:
        """Store a user: `user.validate_user_info` is asked, and database hooks run.

        Raises:
            UserNotAdmittedError: if it says no.
            AssertionError: if a hook refuses the user, or the database.
        """
        try:
            return User.of(await create_user(self._context, dict(row), {"method": "test"}))
        except UserRefusedError:
            raise AssertionError("A database hook has refused the user.") from None
        except NotStoredError as error:
            raise _refused("user") from error

    async def create(self, *, password: str | None = None, **fields: Any) -> User:
        """Store a user, who can sign in with `password` if one is given."""
        user = await super().create(**fields)
        if password is not None:
            await self._set_password(user, password)
        return user

    async def delete(self, row: Mapping[str, Any] | str) -> None:
        """Delete a user with sessions and accounts."""
        async with self._context.database.transaction():
            await self._context.users.delete(id_of(row))

    async def _set_password(self, user: User, password: str) -> None:
        password_hash = await self._context.passwords.hash(password)
        await self._context.accounts.create(credential_account(self._context, user.id, password_hash))


def _refused(model: str) -> AssertionError:
    return AssertionError(
        f"The database does not take the {model}: another row has a value that only one may have, such as an e-mail "
        "address, or a row that it refers to does not exist."
    )


def id_of(row: Mapping[str, Any] | str) -> str:
    """Return the id of a row, or what already is one."""
    return row if isinstance(row, str) else str(row["id"])


def call_context(context: AuthContext) -> EndpointContext[Any, Any]:
    """Return a call of nobody, as the server's own code makes them."""
    return EndpointContext(
        auth=context,
        path="virtual:test",
        method="POST",
        request=None,
        headers=RequestHeaders(),
        body=UNDEFINED,
        query=UNDEFINED,
        params={},
        has_headers=False,
    )


def _new_address() -> str:
    return f"test-{generate_id(8).lower()}@example.com"
