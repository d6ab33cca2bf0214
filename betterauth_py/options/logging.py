"""What is logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class LoggerOptions:
    """What is logged, and how."""

    disabled: bool = False
    """Whether nothing is logged."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """The lowest level that is logged."""
    format: Literal["human", "json"] = "human"
    """One line for people, or one JSON object per line."""
    access_log: bool = False
    """Whether every request is logged with its id, status and duration."""
