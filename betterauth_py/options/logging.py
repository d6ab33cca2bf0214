"""What is logged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class LoggerOptions:
    """What is logged, and how."""

    disabled: bool = False
    """Whether nothing is logged."""
    disable_colors: bool | None = None
    """Whether levels have no colours in lines for people. Unset: on a terminal they have some, unless `NO_COLOR` is
    set."""
    level: Literal["debug", "info", "warn", "warning", "error"] = "info"
    """The lowest level that is logged; `warn` is better-auth's name of `warning`."""
    log: Callable[..., Any] | None = None
    """A function that logs instead, as better-auth's. It gets the level (`debug`, `info`, `warn` or `error`), the
    message and, if there are any, the exception and a dict of fields, such as those of the access log. It runs on the
    event loop and must not wait."""
    format: Literal["human", "json"] = "human"
    """One line for people, or one JSON object per line."""
    access_log: bool = False
    """Whether every request is logged with its id, status and duration."""
