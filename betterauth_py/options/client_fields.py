"""The additional fields as a TypeScript module, from which better-auth's client infers its types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.options.root import Options
from betterauth_py.options.types import AdditionalField

_IDENTIFIER: Final = compile_pattern(r"[A-Za-z_$][\w$]*")
_HEAD: Final = """\
// Written by `betterauth client-fields`. Do not edit: change the server's options and write it again.
import { inferAdditionalFields } from "better-auth/client/plugins";

export const additionalFields = inferAdditionalFields({
"""
# better-auth's types tell a default by its value only. The client uses none of these.
_DEFAULTS: Final = {"string": '""', "number": "0", "boolean": "false", "date": "new Date(0)"}


def client_fields(options: Options) -> str:
    """Return a module that exports the client plugin with the fields that clients see or set."""
    tables = {"user": options.user.additional_fields, "session": options.session.additional_fields}
    parts = [
        f"  {name}: {{\n{''.join(lines)}  }},\n"
        for name, fields in tables.items()
        if (lines := [_line(field, given) for field, given in fields.items() if given.input or given.returned])
    ]
    return f"{_HEAD}{''.join(parts)}}});\n"


def _line(name: str, field: AdditionalField) -> str:
    given = ", ".join(f"{key}: {value}" for key, value in _attributes(field).items())
    return f"    {_key(name)}: {{ {given} }},\n"


def _attributes(field: AdditionalField) -> Mapping[str, str]:
    written = {"type": _text(field.type)}
    default = _default(field)
    if field.required is False or (field.default_value is not None and default is None):
        written["required"] = "false"
    elif field.required:
        written["required"] = "true"
    if not field.input:
        written["input"] = "false"
    if not field.returned:
        written["returned"] = "false"
    if default is not None:
        written["defaultValue"] = default
    return written


def _default(field: AdditionalField) -> str | None:
    """Return a default that makes the field optional, if its type can have one that better-auth's types know."""
    value: Any = field.default_value
    if value is None:
        return None
    if isinstance(value, str | bool | int | float):
        return _text(value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return f"new Date({_text(moment.astimezone(UTC).isoformat(timespec='milliseconds'))})"
    return _text(field.type[0]) if isinstance(field.type, list) and field.type else _DEFAULTS.get(str(field.type))


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else _text(name)


def _text(value: Any) -> str:
    return json.dumps(value)
