"""What plugins remember for the length of one call."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class StateKey(Generic[Value]):
    """Where one plugin keeps one thing of a call: `CHALLENGE: StateKey[str] = StateKey("passkey challenge")`.

    Two keys are never the same, whatever they are called.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        """Call it `name`, for people."""
        self.name = name

    def __repr__(self) -> str:
        """Show the name."""
        return f"StateKey({self.name!r})"


class CallState:
    """Typed values of one call, by their keys; a call that is dispatched from it sees the same ones."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[StateKey[Any], Any] = {}

    def set(self, key: StateKey[Value], value: Value) -> None:
        """Keep `value` until the call is answered."""
        self._values[key] = value

    def get(self, key: StateKey[Value]) -> Value | None:
        """Return what is kept at `key`, or None."""
        value: Value | None = self._values.get(key)
        return value

    def saved(self) -> dict[StateKey[Any], Any]:
        """Return what is kept now, for `restore`."""
        return dict(self._values)

    def restore(self, saved: dict[StateKey[Any], Any]) -> None:
        """Forget what was set since it was `saved`."""
        self._values = saved
