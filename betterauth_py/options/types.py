"""Types that several option groups share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

T = TypeVar("T")

Seconds = Annotated[int, "seconds"]
"""A duration in seconds. Loaded options may also be spans such as `"7d"` or `"30 minutes"`."""

MaybeAwaitable: TypeAlias = T | Awaitable[T]
"""What a callable option may return: the value, or an awaitable of it."""

FieldType = Literal["string", "number", "boolean", "date", "json", "string[]", "number[]"]


@dataclass(frozen=True, kw_only=True)
class FieldTransform:
    """Functions that change a field's value when it is stored and read."""

    input: Callable[[Any], MaybeAwaitable[Any]] | None = None
    """Changes the value before it is stored; called with None for a new row without a value. As in better-auth, it runs
    twice on a client's value (unless it is async), so make it idempotent."""
    output: Callable[[Any], Any] | None = None
    """Changes the stored value after every read. It cannot be async."""


@dataclass(frozen=True, kw_only=True)
class FieldValidator:
    """Functions that validate a field's value."""

    input: Callable[[Any], Any] | None = None
    """Receives a client's value; returns the value to store, or raises ValueError with the message for the client."""
    output: Callable[[Any], Any] | None = None
    """Accepted for configurations taken from better-auth; without effect, as in better-auth."""


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
    """Your own column in a core table, as better-auth's `additionalFields`.

    The key it is declared under is its name on the wire (camelCase by custom); the column is that name in
    snake_case unless `field_name` says otherwise.
    """

    type: FieldType | list[str]
    """The type of the value, or the list of allowed strings."""
    required: bool | None = None
    """True: clients must send it at sign-up. False: the column may be null. Unset: the column is not null, and clients
    need not send it."""
    default_value: Any = None
    """The value of new rows without one, or a function without arguments that returns it."""
    input: bool = True
    """Whether clients may set it."""
    returned: bool = True
    """Whether answers contain it."""
    unique: bool = False
    """Whether values are unique."""
    index: bool = False
    """Whether the column has an index."""
    bigint: bool = False
    """Whether a number needs 64 bits."""
    field_name: str | None = None
    """The column's name."""
    references: FieldReference | None = None
    """The column it points to."""
    transform: FieldTransform = field(default_factory=FieldTransform)
    """Functions that change the value when it is stored and read."""
    validator: Callable[[Any], Any] | FieldValidator | None = None
    """Receives a client's value; returns the value to store, or raises ValueError with the message for the client. Also
    as a table with the key `input`."""
    on_update: Any = None
    """The value that updates write unless they set one, or a function without arguments that returns it."""
    sortable: bool = False
    """Accepted for configurations taken from better-auth; here every string column can be sorted by."""
