"""Values that plugins keep for one call."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class StateKey(Generic[Value]):
    """The key of one value of a call: `CHALLENGE: StateKey[str] = StateKey("passkey challenge")`.

    Keys are compared by identity, not by name.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        """Create a key; `name` is for people."""
        self.name = name

    def __repr__(self) -> str:
        """Show the name."""
        return f"StateKey({self.name!r})"


class CallState:
    """Typed values of one call, by key; a call dispatched from it shares them."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[StateKey[Any], Any] = {}

    def set(self, key: StateKey[Value], value: Value) -> None:
        """Keep `value` until the call is answered."""
        self._values[key] = value

    def get(self, key: StateKey[Value]) -> Value | None:
        """Return the value at `key`, or None."""
        value: Value | None = self._values.get(key)
        return value

    def saved(self) -> dict[StateKey[Any], Any]:
        """Return the current values, for `restore`."""
        return dict(self._values)

    def restore(self, saved: dict[StateKey[Any], Any]) -> None:
        """Go back to the values that were `saved`."""
        self._values = saved
