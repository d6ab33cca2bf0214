"""The models of the core, as better-auth 1.7.25's `getAuthTables`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from betterauth_py.models.fields import Field, Model
from betterauth_py.options.types import FieldReference

_CREATED_AT: Final = Field(type="date", has_server_default=True)
_UPDATED_AT: Final = Field(type="date", renewed_on_update=True)
_OF_USER: Final = Field(references=FieldReference(model="user"), index=True)
_OPTIONAL: Final = Field(required=False)
_HIDDEN: Final = Field(required=False, returned=False)
_HIDDEN_DATE: Final = Field(type="date", required=False, returned=False)

USER: Final = Model(
    name="user",
    fields={
        "name": Field(),
        "email": Field(unique=True),
        "emailVerified": Field(type="boolean", input=False, default_value=False, has_server_default=True),
        "image": _OPTIONAL,
        "createdAt": _CREATED_AT,
        "updatedAt": Field(type="date", has_server_default=True, renewed_on_update=True),
    },
)

SESSION: Final = Model(
    name="session",
    fields={
        "expiresAt": Field(type="date"),
        "token": Field(unique=True),
        "createdAt": _CREATED_AT,
        "updatedAt": _UPDATED_AT,
        "ipAddress": _OPTIONAL,
        "userAgent": _OPTIONAL,
        "userId": _OF_USER,
    },
)

ACCOUNT: Final = Model(
    name="account",
    fields={
        "accountId": Field(),
        "providerId": Field(),
        "userId": _OF_USER,
        "accessToken": _HIDDEN,
        "refreshToken": _HIDDEN,
        "idToken": _HIDDEN,
        "accessTokenExpiresAt": _HIDDEN_DATE,
        "refreshTokenExpiresAt": _HIDDEN_DATE,
        "scope": _OPTIONAL,
        "password": _HIDDEN,
        "createdAt": _CREATED_AT,
        "updatedAt": _UPDATED_AT,
    },
    # Every sign-in with a provider looks it up. Not unique: better-auth allows an account twice.
    indexes=(("providerId", "accountId"),),
)

VERIFICATION: Final = Model(
    name="verification",
    fields={
        "identifier": Field(index=True),
        "value": Field(),
        "expiresAt": Field(type="date"),
        "createdAt": _CREATED_AT,
        "updatedAt": Field(type="date", has_server_default=True, renewed_on_update=True),
    },
)

RATE_LIMIT: Final = Model(
    name="rateLimit",
    fields={
        "key": Field(unique=True),
        "count": Field(type="number"),
        "lastRequest": Field(type="number", bigint=True),
    },
)

CORE_MODELS: Final[Mapping[str, Model]] = {model.name: model for model in (USER, SESSION, ACCOUNT, VERIFICATION)}
