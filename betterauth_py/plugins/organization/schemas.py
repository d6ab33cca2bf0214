"""What the endpoints read and answer, for validation and OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from betterauth_py.plugins import Endpoint, Reply, TableOptions, validation

_TEXT: Final = {"type": "string"}
_TIME: Final = {"type": "string", "format": "date-time"}
_MAYBE_TEXT: Final = {"type": ["string", "null"]}
_MAYBE_TIME: Final = {"type": ["string", "null"], "format": "date-time"}


def _object(properties: Mapping[str, Any], *optional: str) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required}


ORGANIZATION: Final = _object(
    {
        "name": _TEXT, "slug": _TEXT, "logo": _MAYBE_TEXT, "createdAt": _TIME,
        "metadata": {"description": "An object after a change, otherwise its text in JSON"}, "id": _TEXT,
    },
    "metadata",
)  # fmt: skip
"""An organization."""
MEMBER: Final = _object({"organizationId": _TEXT, "userId": _TEXT, "role": _TEXT, "createdAt": _TIME, "id": _TEXT})
"""A member."""
MEMBER_WITH_USER: Final = _object(
    {**MEMBER["properties"], "user": _object({"id": _TEXT, "name": _TEXT, "email": _TEXT, "image": _MAYBE_TEXT})}
)
"""A member with what others see of its user."""
INVITATION: Final = _object(
    {
        "organizationId": _TEXT, "email": _TEXT, "role": _MAYBE_TEXT, "teamId": _MAYBE_TEXT,
        "status": {"type": "string", "enum": ["pending", "accepted", "rejected", "canceled"]},
        "expiresAt": _TIME, "createdAt": _TIME, "inviterId": _TEXT, "id": _TEXT,
    },
    "teamId",
)  # fmt: skip
"""An invitation."""
TEAM: Final = _object(
    {"name": _TEXT, "organizationId": _TEXT, "createdAt": _TIME, "updatedAt": _MAYBE_TIME, "id": _TEXT}
)
"""A team."""
TEAM_MEMBER: Final = _object({"teamId": _TEXT, "userId": _TEXT, "createdAt": _TIME, "id": _TEXT})
"""A member of a team."""
PERMISSION: Final = {"type": "object", "additionalProperties": {"type": "array", "items": _TEXT}}
"""Resources, and the actions on each."""
ROLE: Final = _object(
    {
        "organizationId": _TEXT, "role": _TEXT, "permission": PERMISSION, "createdAt": _TIME,
        "updatedAt": _MAYBE_TIME, "id": _TEXT,
    }
)  # fmt: skip
"""A role that members have created."""
ROLES_BODY: Final = validation.Union((validation.String(), validation.Array(validation.String())))
"""Roles, as a text with commas or as a list."""
PERMISSIONS_BODY: Final = validation.Record(validation.Array(validation.String()))
"""Resources, and the actions on each."""


def _not_a_date(value: Any) -> list[tuple[tuple[str | int, ...], str]]:
    # JSON has no dates: only calls in this process can give one.
    if isinstance(value, datetime):
        return []
    return [((), f"Invalid input: expected date, received {validation.type_name(value)}")]


_KINDS: Final[Mapping[Any, validation.Schema]] = {
    "string": validation.String(),
    "number": validation.Number(),
    "boolean": validation.Boolean(),
    "date": validation.Checked(validation.Anything(), (validation.SuperRefine(_not_a_date),)),
    "string[]": validation.Array(validation.String()),
    "number[]": validation.Array(validation.Number()),
}


def optional_text(description: str = "") -> validation.Schema:
    """Return the schema of a text that may be left out."""
    return validation.Optional(validation.String(description))


ORGANIZATION_ID: Final = optional_text("The organization. Default: the active one")
"""The id of an organization, which may be left out."""
WHICH: Final = {
    "organizationId": ORGANIZATION_ID,
    "organizationSlug": optional_text("Its short name, instead of its id"),
}
"""An organization by its id or its slug, which may both be left out."""


def additional(table: TableOptions, *, partial: bool = False, nullish: bool = False) -> dict[str, validation.Schema]:
    """Return the schemas of the columns that a deployment adds to a table, as far as clients may set them.

    All may be left out of a `partial` body; of a `nullish` one, all may be null too.
    """
    made: dict[str, validation.Schema] = {}
    for name, field in table.additional_fields.items():
        if not field.input:
            continue
        kind = "list" if isinstance(field.type, list) else field.type
        schema = _KINDS.get(kind, validation.Anything())
        if field.required is False or nullish:
            schema = validation.nullish(schema)
        made[name] = validation.Optional(schema) if partial else schema
    return made


def with_body(endpoint: Endpoint[Any, Any], more: Mapping[str, validation.Schema]) -> Endpoint[Any, Any]:
    """Return an endpoint whose body has more fields."""
    if not more or not isinstance(endpoint.body, validation.Object):
        return endpoint
    return replace(endpoint, body=replace(endpoint.body, fields={**endpoint.body.fields, **more}))


def message_reply(text: str) -> Reply:
    """Return the answer that is nothing but a message."""
    properties = {"message": {"type": "string", "enum": [text]}}
    return Reply("It is done", {"type": "object", "properties": properties, "required": ["message"]})
