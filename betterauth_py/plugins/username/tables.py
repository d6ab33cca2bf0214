"""The columns of the username plugin on the user table."""

from __future__ import annotations

from typing import Any

from betterauth_py.plugins import Field, FieldTransform
from betterauth_py.plugins.username.names import Names


def columns_of(names: Names) -> dict[str, Field]:
    """Return the columns that the options turn on."""

    def normalized(value: Any) -> Any:
        return names.normalized(value) if isinstance(value, str) else value

    def display_normalized(value: Any) -> Any:
        return names.display_normalized(value) if isinstance(value, str) else value

    fields = {"username": Field(required=False, unique=True, transform=FieldTransform(input=normalized))}
    if names.options.display_username:
        fields["displayUsername"] = Field(required=False, transform=FieldTransform(input=display_normalized))
    return fields
