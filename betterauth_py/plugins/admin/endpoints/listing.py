"""`/admin/list-users`."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from betterauth_py.plugins import UNDEFINED, Reply, Row, Where, endpoint, validation
from betterauth_py.plugins.admin.administration import SIGNED_IN, Need, administration_of, require
from betterauth_py.plugins.admin.endpoints.shared import TAGS, Context, shown
from betterauth_py.plugins.admin.errors import AdminErrorCodes
from betterauth_py.plugins.tools import to_number, to_text

_LIST: Final[Need] = ({"user": ["list"]}, AdminErrorCodes.YOU_ARE_NOT_ALLOWED_TO_LIST_USERS)
_DEFAULT_LIMIT: Final = 100
MOST_LISTED: Final = 1000
"""So many users are listed at most: more would keep the server from all other work for too long."""
_FURTHEST: Final = 2**53
_LISTS: Final = ("in", "not_in")
_TEXTS: Final = ("contains", "starts_with", "ends_with")
_OPERATORS: Final = ("eq", "ne", "lt", "lte", "gt", "gte", *_LISTS, *_TEXTS)

_NUMBER: Final = validation.Union((validation.String(), validation.Number()))


class _NotListedError(Exception):
    """The users cannot be listed in this way; better-auth 1.7.25 then answers that there are none."""


@endpoint(
    "/admin/list-users",
    methods=("GET",),
    security=SIGNED_IN,
    operation_id="listUsers",
    query=validation.Object(
        {
            "searchValue": validation.Optional(validation.String("The text to search for")),
            "searchField": validation.Optional(validation.OneOf(("email", "name"), "The field to search in")),
            "searchOperator": validation.Optional(validation.OneOf(_TEXTS, "Where in the field the text is")),
            "limit": validation.Optional(_NUMBER),
            "offset": validation.Optional(_NUMBER),
            "sortBy": validation.Optional(validation.String("The field to sort by")),
            "sortDirection": validation.Optional(validation.OneOf(("asc", "desc"), "The direction to sort in")),
            "filterField": validation.Optional(validation.String("The field to filter by")),
            "filterValue": validation.Optional(
                validation.Union(
                    (
                        validation.String(),
                        validation.Number(),
                        validation.Boolean(),
                        validation.Array(validation.String()),
                        validation.Array(validation.Number()),
                    )
                )
            ),
            "filterOperator": validation.Optional(validation.OneOf(_OPERATORS, "How to compare")),
        }
    ),
    errors=((403, _LIST[1]),),
    reply=Reply(
        "Some of the users, and how many there are",
        {
            "type": "object",
            "properties": {
                "users": {"type": "array", "items": {"$ref": "#/components/schemas/User"}},
                "total": {"type": "number"},
                "limit": {"type": "number"},
                "offset": {"type": "number"},
            },
            "required": ["users", "total"],
        },
    ),
    tags=TAGS,
)
async def list_users(ctx: Context) -> dict[str, Any]:
    """List users: searched, filtered, sorted and by pages."""
    require(ctx, _LIST)
    query = ctx.query or {}
    try:
        limit, offset = _whole(query.get("limit")), _whole(query.get("offset"))
        where = _conditions(ctx, query)
        order_by = query.get("sortBy") or None
        if order_by is not None:
            _require_shown(ctx, order_by)
    except _NotListedError:
        return {"users": [], "total": 0}
    limit = min(limit, MOST_LISTED) if limit is not None else None
    users, total = await _read(ctx, where, order_by, query.get("sortDirection") == "desc", limit, offset)
    reply: dict[str, Any] = {"users": [shown(ctx, user) for user in users], "total": total}
    if limit is not None:
        reply["limit"] = limit
    if offset is not None:
        reply["offset"] = offset
    return reply


async def _read(
    ctx: Context, where: list[Where], order_by: str | None, descending: bool, limit: int | None, offset: int | None
) -> tuple[list[Row], int]:
    rows, administration = ctx.auth.rows, administration_of(ctx.auth)

    async def count() -> int:
        return await rows.count("user", *where)

    size, start = _DEFAULT_LIMIT if limit is None else limit, offset or 0
    page = administration.pages.get(where, order_by=order_by, descending=descending, limit=size, offset=start)
    if ctx.auth.database.in_transaction:
        return await page, await count()
    compared = tuple((one.field, one.operator, repr(one.value)) for one in where)
    return await asyncio.gather(page, administration.counts.get(compared, count))


def _whole(given: Any) -> int | None:
    """Return a limit or an offset; None for nothing, for 0 and for what is no number.

    Raises:
        _NotListedError: for a number that no database takes.
    """
    number = to_number(given if given is not None else UNDEFINED)
    if not number or number != number:  # noqa: PLR0124
        return None
    if number < 0 or number > _FURTHEST or number != int(number):
        raise _NotListedError
    return int(number)


def _conditions(ctx: Context, query: dict[str, Any]) -> list[Where]:
    where: list[Where] = []
    if query.get("searchValue"):
        operator: Any = query.get("searchOperator") or "contains"
        where.append(Where(query.get("searchField") or "email", query["searchValue"], operator))
    if "filterValue" in query:
        where.append(
            _filter(ctx, query.get("filterField") or "email", query["filterValue"], query.get("filterOperator") or "eq")
        )
    return where


def _filter(ctx: Context, name: str, value: Any, operator: Any) -> Where:
    _require_shown(ctx, name)
    field = ctx.auth.schema.models["user"].fields.get(name)
    kind = field.type if field is not None else "string"
    if isinstance(value, list) is not (operator in _LISTS):
        raise _NotListedError
    if operator in _TEXTS:
        if kind != "string":
            raise _NotListedError
        value = to_text(value)
    elif kind == "boolean" and isinstance(value, str):
        value = value == "true"
    return Where(name, value, operator)


def _require_shown(ctx: Context, name: str) -> None:
    """Let nobody find out by filtering or sorting what a field has that is not shown."""
    if not ctx.auth.schema.shows("user", name):
        raise _NotListedError
