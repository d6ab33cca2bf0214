"""Your own code around endpoints, rows and errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from betterauth_py.options.types import MaybeAwaitable

BeforeRow = Callable[[dict[str, Any], Any], MaybeAwaitable[dict[str, Any] | bool | None]]
AfterRow = Callable[[Any, Any], MaybeAwaitable[None]]


@dataclass(frozen=True, kw_only=True)
class HooksOptions:
    """Functions around every endpoint; they get the endpoint's context."""

    before: Callable[[Any], MaybeAwaitable[Any]] | None = None
    """Runs before validation. A dict or list that it returns is the answer; `{"context": {"body": {...}}}` (also
    `query`, `params`, `headers`) is laid over what the endpoint sees; nothing lets it run. An `APIError` refuses.
    Headers and cookies it sets go with its own answer only, as in better-auth; set others in `after`."""
    after: Callable[[Any], MaybeAwaitable[Any]] | None = None
    """Runs after the endpoint. What it returns, or the `APIError` it raises, replaces the answer (of an error: its
    body, not its status). `ctx.returned` is the answer so far, `ctx.new_session` the session that was started."""


@dataclass(frozen=True, kw_only=True)
class RowHooks:
    """Functions around one kind of change of one table."""

    before: BeforeRow | None = None
    """Gets the row and the endpoint's context; returns changes to the row as a dict (also under the key `data`, as
    better-auth's hooks do), or False to refuse; may raise an `APIError`."""
    after: AfterRow | None = None
    """Gets the row and the endpoint's context once the change is committed. An `APIError` that it raises is the answer;
    any other failure is logged, and the answer stands."""


@dataclass(frozen=True, kw_only=True)
class TableHooks:
    """Functions around the changes of one table."""

    create: RowHooks = field(default_factory=RowHooks)
    """Around inserts."""
    update: RowHooks = field(default_factory=RowHooks)
    """Around updates."""
    delete: RowHooks = field(default_factory=RowHooks)
    """Around deletes."""


@dataclass(frozen=True, kw_only=True)
class DatabaseHooksOptions:
    """Functions around the changes of the core tables."""

    user: TableHooks = field(default_factory=TableHooks)
    """Around changes of users."""
    session: TableHooks = field(default_factory=TableHooks)
    """Around changes of sessions."""
    account: TableHooks = field(default_factory=TableHooks)
    """Around changes of accounts."""
    verification: TableHooks = field(default_factory=TableHooks)
    """Around changes of verifications."""


@dataclass(frozen=True, kw_only=True)
class ErrorPageOptions:
    """The look of the error page; values are CSS."""

    colors: dict[str, str] = field(default_factory=dict)
    """`background`, `foreground`, `primary`, `primary_foreground`, `muted_foreground`, `border`, `destructive`,
    `title_border`, `title_color`, `grid_color`, `card_background`, `corner_border`."""
    size: dict[str, str] = field(default_factory=dict)
    """`radius_sm`, `text_sm`, `text_2xl`, `text_4xl`, `text_6xl`."""
    font: dict[str, str] = field(default_factory=dict)
    """`default_family`, `mono_family`."""
    disable_title_border: bool = False
    """Whether the title has no frame."""
    disable_corner_decorations: bool = False
    """Whether the card has no corners."""
    disable_background_grid: bool = False
    """Whether the background has no grid."""


@dataclass(frozen=True, kw_only=True)
class OnAPIErrorOptions:
    """What happens when an endpoint fails."""

    throw: bool = False
    """Whether an error that is no `APIError` goes on to the framework around this app instead of becoming a bare 500;
    `on_error` is then not called."""
    on_error: Callable[[Exception, Any], MaybeAwaitable[None]] | None = None
    """Gets errors that no endpoint has answered (refused requests, before hooks, failures) and the auth context, for
    reporting; an `APIError` that it raises is answered instead."""
    error_url: str | None = None
    """Where `/error` sends the browser instead of showing its page."""
    customize_default_error_page: ErrorPageOptions | None = None
    """The look of the error page. Set, the page is shown in production too."""
