"""The table of passkeys, as that of @better-auth/passkey 1.7.6."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import Field, FieldReference, Model

PASSKEY: Final = Model(
    name="passkey",
    fields={
        "name": Field(required=False),
        "publicKey": Field(),
        "userId": Field(references=FieldReference(model="user", field="id"), index=True),
        "credentialID": Field(index=True),
        "counter": Field(type="number"),
        "deviceType": Field(),
        "backedUp": Field(type="boolean"),
        "transports": Field(required=False),
        "createdAt": Field(type="date", required=False),
        "aaguid": Field(required=False),
    },
)
