"""How often one client may ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

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


@runtime_checkable
class ForgettingRateLimitStorage(RateLimitStorage, Protocol):
    """A storage that can also count tries at accounts: a right password ends the count of wrong ones."""

    async def forget(self, key: str) -> None:
        """Start again with no requests counted against `key`."""
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
    per_account: RateLimitRule | Literal[False] | None = None
    """Wrong passwords for one account, besides what one client may ask: so many from one client, and five times as many
    from all clients together, after which only those are heard from whose network the account has a session. A right
    password, or a reset by mail, starts again. False: not counted. Unset: 20 in 3600 seconds in production, where
    requests are counted."""
    per_mailed_address: RateLimitRule | Literal[False] | None = None
    """Mails of one kind that are sent to one address; the answer does not tell that no more are. Where their links live
    for less than the window, they are counted for as long as a link lives, so that there is always one that works.
    False: not counted. Unset: 5 in 3600 seconds in production, where requests are counted."""
    custom_storage: RateLimitStorage | None = None
    """A storage of your own. With a method `forget(key)` it counts tries at accounts too; they are counted in memory
    otherwise."""
    model_name: str | None = None
    """The table's name, for `database`."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name, for `database`."""


def account_rule(options: RateLimitOptions, *, enabled: bool) -> RateLimitRule | None:
    """Return the rule for wrong passwords of one account from one client, where they are counted by default or not."""
    return _rule(options.per_account, RateLimitRule(window=3600, max=20) if enabled else None)


def mail_rule(options: RateLimitOptions, *, enabled: bool) -> RateLimitRule | None:
    """Return the rule for mails to one address, where they are counted by default or not."""
    return _rule(options.per_mailed_address, RateLimitRule(window=3600, max=5) if enabled else None)


def _rule(given: RateLimitRule | Literal[False] | None, default: RateLimitRule | None) -> RateLimitRule | None:
    return default if given is None else given or None
