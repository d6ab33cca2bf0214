"""How often one client may ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from betterauth_py.options.types import MaybeAwaitable, Seconds


@dataclass(frozen=True, kw_only=True)
class RateLimitRule:
    """At most `max` requests in `window` seconds."""

    window: Seconds
    """Seconds after which the count starts again."""
    max: int
    """Requests allowed in a window."""


@dataclass(frozen=True)
class RateLimitDecision:
    """Whether a request may pass, and if not, in how many seconds to try again."""

    allowed: bool
    retry_after: Seconds | None = None


class RateLimitStorage(Protocol):
    """The port behind which requests are counted."""

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        """Count one request against `key` in a single atomic step and decide."""
        ...


CustomRule = (
    RateLimitRule
    | Literal[False]
    | Callable[[Any, RateLimitRule], MaybeAwaitable[RateLimitRule | Literal[False] | None]]
)


@dataclass(frozen=True, kw_only=True)
class RateLimitOptions:
    """How often one client may ask."""

    enabled: bool | None = None
    """Whether requests are counted. Unset: in production."""
    window: Seconds = 10
    """Seconds after which the count starts again."""
    max: int = 100
    """Requests allowed in a window, where no rule says otherwise."""
    storage: Literal["memory", "database", "secondary-storage"] | None = None
    """Where they are counted: `memory` is per process, `database` and `secondary-storage` are shared by all of them.
    Unset: in the secondary storage where there is one, else in memory."""
    custom_rules: dict[str, CustomRule] = field(default_factory=dict)
    """Rules by path (`/sign-in/email`, `/two-factor/*`); false exempts a path, a function decides per request."""
    custom_storage: RateLimitStorage | None = None
    """A storage of your own."""
    model_name: str | None = None
    """The table's name, for `database`."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name, for `database`."""
