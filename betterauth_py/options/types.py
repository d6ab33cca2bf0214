"""Types that several option groups share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

T = TypeVar("T")

Seconds = Annotated[int, "seconds"]
"""A duration in seconds. Where options are loaded, a span such as `"7d"` or `"30 minutes"` will do."""

MaybeAwaitable: TypeAlias = T | Awaitable[T]
"""What a callable option may return: the value, or something to await for it."""

FieldType = Literal["string", "number", "boolean", "date", "json", "string[]", "number[]"]


@dataclass(frozen=True, kw_only=True)
class FieldTransform:
    """Functions that change a field's value on its way into and out of the database."""

    input: Callable[[Any], MaybeAwaitable[Any]] | None = None
    """Changes what is stored; called with None for a new row without a value. As in better-auth, what a client sends
    goes through it twice (unless it is async), so it should change nothing the second time."""
    output: Callable[[Any], Any] | None = None
    """Changes what is stored before it is used. It runs at every read and cannot be async."""


@dataclass(frozen=True, kw_only=True)
class FieldValidator:
    """Functions that judge a field's value."""

    input: Callable[[Any], Any] | None = None
    """Gets what a client sent; returns the value to store, or raises ValueError with the message for the client."""
    output: Callable[[Any], Any] | None = None
    """Accepted for configurations that come from better-auth; without effect, there as here."""


@dataclass(frozen=True, kw_only=True)
class FieldReference:
    """The column that a field points to."""

    model: str
    """The referenced model, such as `user`."""
    field: str = "id"
    """The referenced field."""
    on_delete: Literal["cascade", "set null", "restrict", "no action", "set default"] = "cascade"
    """What happens to this row when the referenced one is deleted."""


@dataclass(frozen=True, kw_only=True)
class AdditionalField:
    """A column of your own on a core table, as better-auth's `additionalFields`.

    The key it is declared under is its name on the wire (camelCase by custom); the column is that name in
    snake_case unless `field_name` says otherwise.
    """

    type: FieldType | list[str]
    """The type of the value, or the list of texts that it may be."""
    required: bool | None = None
    """True: a client must send it at sign-up. False: the column may be null. Unset: the column is not null, and
    nobody has to send it."""
    default_value: Any = None
    """The value, or a function without arguments that makes it, where none is given."""
    input: bool = True
    """Whether clients may set it."""
    returned: bool = True
    """Whether answers contain it."""
    unique: bool = False
    """Whether two rows may not share a value."""
    index: bool = False
    """Whether the column has an index."""
    bigint: bool = False
    """Whether a number needs 64 bits."""
    field_name: str | None = None
    """The column's name."""
    references: FieldReference | None = None
    """The column it points to."""
    transform: FieldTransform = field(default_factory=FieldTransform)
    """Functions that change the value on its way in and out."""
    validator: Callable[[Any], Any] | FieldValidator | None = None
    """Gets what a client sent; returns the value to store, or raises ValueError with the message for the client. Also
    as a table with the key `input`."""
    on_update: Any = None
    """The value, or a function without arguments that makes it, that an update writes unless it gives one."""
    sortable: bool = False
    """Accepted for configurations that come from better-auth; every text can be sorted by here."""
