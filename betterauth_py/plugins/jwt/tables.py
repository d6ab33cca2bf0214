"""The table of keys, as better-auth 1.7.25's `jwks`."""

from __future__ import annotations

from typing import Final

from betterauth_py.errors import ConfigurationError
from betterauth_py.models.fields import Field, Model
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
    unknown = [name for name in names.fields if name not in JWKS.fields]
    if unknown:
        known = ", ".join(JWKS.fields)
        raise ConfigurationError(
            f"Option `{PATH}.schema.jwks.fields.{unknown[0]}`: there is no such field. Known fields: {known}."
        )
    fields = {name: field.renamed(names.fields.get(name)) for name, field in JWKS.fields.items()}
    return Model(name=JWKS.name, fields=fields, table=names.model_name)
