"""The schema of an auth: the core's and its plugins'."""

from __future__ import annotations

from betterauth_py.assembly.plugins import plugins_of
from betterauth_py.models.schema import Declared, Schema, resolve_schema
from betterauth_py.options import Options


def schema_of(options: Options) -> Schema:
    """Assemble the schema that `options` and their plugins describe.

    Raises:
        ConfigurationError: if a renamed or added field cannot be.
    """
    declared = {plugin.id: Declared(schema=plugin.schema, columns=plugin.columns) for plugin in plugins_of(options)}
    return resolve_schema(options, declared)
