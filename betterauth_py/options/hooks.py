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
    """Functions around every endpoint; each receives the endpoint's context."""

    before: Callable[[Any], MaybeAwaitable[Any]] | None = None
    """Runs before validation. A dict or list that it returns becomes the answer; `{"context": {"body": {...}}}` (also
    `query`, `params`, `headers`) is merged into what the endpoint sees; returning None continues. An `APIError` rejects
    the call. Headers and cookies that it sets are sent with the answer, also with errors, as in better-auth 1.7.25."""
    after: Callable[[Any], MaybeAwaitable[Any]] | None = None
    """Runs after the endpoint. What it returns, or the `APIError` it raises, replaces the answer (of an error only the
    body, not the status). `ctx.returned` is the answer so far, `ctx.new_session` the session that was started."""


@dataclass(frozen=True, kw_only=True)
class RowHooks:
    """Functions around one kind of change of one table."""

    before: BeforeRow | None = None
    """Receives the row and the endpoint's context; returns changes to the row as a dict (also under the key `data`, as
    better-auth's hooks do), False to refuse, or None. May raise an `APIError`."""
    after: AfterRow | None = None
    """Receives the row and the endpoint's context once the change is committed. An `APIError` that it raises becomes
    the answer; any other exception is logged and does not change the answer."""


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
    """Whether exceptions other than `APIError` propagate to the framework around this app instead of becoming an empty
    500; `on_error` is then not called."""
    on_error: Callable[[Exception, Any], MaybeAwaitable[None]] | None = None
    """Receives errors from outside endpoints (refused requests, before hooks) and unexpected exceptions, with the auth
    context, for reporting; an `APIError` that it raises becomes the answer."""
    error_url: str | None = None
    """Where `/error` redirects the browser instead of showing its page."""
    customize_default_error_page: ErrorPageOptions | None = None
    """The look of the error page. If set, the page is shown in production too."""
