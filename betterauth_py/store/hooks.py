"""Runs database hooks around changes of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from betterauth_py.awaiting import resolve
from betterauth_py.current import current_endpoint_context
from betterauth_py.options.hooks import DatabaseHooksOptions, RowHooks

Change = Literal["create", "update", "delete"]
Row = dict[str, Any]

REFUSED = object()
"""What `before` returns when a hook refuses the change."""


class DatabaseHooks:
    """The row hooks of the plugins and the options, in that order, as better-auth runs them."""

    def __init__(self) -> None:
        """Start with none."""
        self._hooks: dict[tuple[str, Change], list[RowHooks]] = {}
        self._of_deployment: dict[tuple[str, Change], RowHooks] = {}

    def add(self, source: DatabaseHooksOptions, *, of_deployment: bool = False) -> None:
        """Add the hooks of `source` after the existing ones; those `of_deployment` may have side effects."""
        changes: tuple[Change, ...] = ("create", "update", "delete")
        for model in ("user", "session", "account", "verification"):
            for change in changes:
                hooks: RowHooks = getattr(getattr(source, model), change)
                if hooks.before or hooks.after:
                    self._hooks.setdefault((model, change), []).append(hooks)
                    if of_deployment and hooks.before:
                        self._of_deployment[model, change] = hooks

    def watches(self, model: str, change: Change) -> bool:
        """Return whether any hook handles this kind of change."""
        return (model, change) in self._hooks

    def may_rehearse(self, model: str, change: Change) -> bool:
        """Return whether `before` may run for a row that is not stored: only plugins' hooks have no side effects."""
        return (model, change) not in self._of_deployment

    async def before(self, model: str, change: Change, row: Row, *, asks_deployment: bool = True) -> Any:
        """Return `row` with the hooks' changes, or `REFUSED`; without `asks_deployment`, only plugins' are asked."""
        left_out = None if asks_deployment else self._of_deployment.get((model, change))
        for hooks in self._hooks.get((model, change), ()):
            if hooks.before is None or hooks is left_out:
                continue
            result = await resolve(hooks.before(row, current_endpoint_context()))
            if result is False:
                return REFUSED
            if isinstance(result, dict) and change != "delete":
                row = {**row, **_changes(result)}
        return row

    def after(self, model: str, change: Change, row: Any) -> list[Callable[[], Any]]:
        """Return what to run once the change is committed."""
        context = current_endpoint_context()

        def bind(function: Callable[[Any, Any], Any]) -> Callable[[], Any]:
            async def run() -> None:
                await resolve(function(row, context))

            return run

        return [bind(hooks.after) for hooks in self._hooks.get((model, change), ()) if hooks.after]


def _changes(result: Row) -> Row:
    """Return a hook's changes: a dict of fields, or one under `data` as better-auth's hooks return it."""
    data = result.get("data")
    return data if isinstance(data, dict) and len(result) == 1 else result
