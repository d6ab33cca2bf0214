"""The schema of an auth: the core's and its plugins'."""

from __future__ import annotations

from collections.abc import Iterable

from betterauth_py.core.plugin import Plugin
from betterauth_py.models.schema import Declared, Schema, resolve_schema
from betterauth_py.options import Options


def schema_of(options: Options, plugins: Iterable[Plugin]) -> Schema:
    """Assemble the schema that `options` and their `plugins` (as `plugins_of` returns them) describe.

    Raises:
        ConfigurationError: if a renamed or added field cannot be.
    """
    declared = {plugin.id: Declared(schema=plugin.schema, columns=plugin.columns) for plugin in plugins}
    return resolve_schema(options, declared)
