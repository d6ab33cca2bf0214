"""The table of the two-factor plugin, and its column of the user table, as better-auth 1.7.25 has them."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import Field, FieldReference, Model

FIELDS: Final = {
    "secret": Field(returned=False, index=True),
    "backupCodes": Field(returned=False),
    "userId": Field(returned=False, references=FieldReference(model="user", field="id"), index=True),
    "verified": Field(type="boolean", required=False, default_value=True, input=False),
    "failedVerificationCount": Field(type="number", required=False, default_value=0, input=False, returned=False),
    "lockedUntil": Field(type="date", required=False, input=False, returned=False),
}
COLUMNS: Final = {"twoFactorEnabled": Field(type="boolean", required=False, default_value=False, input=False)}


def table(name: str | None) -> Model:
    """Return the table, called `name` in the database if that is given."""
    return Model(name="twoFactor", fields=FIELDS, table=name)
