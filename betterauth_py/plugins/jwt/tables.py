"""The table of keys, as better-auth 1.7.25's `jwks`."""

from __future__ import annotations

from typing import Final

from betterauth_py.models.fields import Field, Model, renamed_fields
from betterauth_py.plugins.jwt.options import PATH, KeyTableOptions

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


def named_table(names: KeyTableOptions) -> Model:
    """Return the table under the names of the options.

    Raises:
        ConfigurationError: if a field is renamed that there is not.
    """
    fields = renamed_fields(JWKS.fields, names.fields, f"{PATH}.schema.jwks.fields")
    return Model(name=JWKS.name, fields=fields, table=names.model_name)
