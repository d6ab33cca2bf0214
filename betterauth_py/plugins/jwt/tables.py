"""The table of keys, as better-auth 1.7.25's `jwks`."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import Field, Model

JWKS: Final = Model(
    name="jwks",
    fields={
        "publicKey": Field(),
        "privateKey": Field(),
        "createdAt": Field(type="date"),
        "expiresAt": Field(type="date", required=False),
        "alg": Field(required=False),
        "crv": Field(required=False),
    },
)
