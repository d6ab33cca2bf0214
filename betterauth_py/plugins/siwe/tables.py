"""The table of wallets, as better-auth 1.7.25's `walletAddress`."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import Field, FieldReference, Model

WALLET_ADDRESS: Final = Model(
    name="walletAddress",
    fields={
        "userId": Field(references=FieldReference(model="user"), index=True),
        "address": Field(),
        "chainId": Field(type="number"),
        "isPrimary": Field(type="boolean", default_value=False),
        "createdAt": Field(type="date"),
    },
)
