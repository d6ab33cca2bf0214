"""The table of device codes, as better-auth 1.7.25's `deviceCode`."""

from __future__ import annotations

from typing import Final

from betterauth_py.plugins import Field, Model

DEVICE_CODE: Final = Model(
    name="deviceCode",
    fields={
        "deviceCode": Field(unique=True),
        "userCode": Field(unique=True),
        "userId": Field(required=False),
        "expiresAt": Field(type="date"),
        "status": Field(),
        "lastPolledAt": Field(type="date", required=False),
        "pollingInterval": Field(type="number", required=False),
        "clientId": Field(required=False),
        "scope": Field(required=False),
    },
    expires="expiresAt",
)
