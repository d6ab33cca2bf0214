"""Rate limiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from betterauth_py.options.types import MaybeAwaitable, Seconds


@dataclass(frozen=True, kw_only=True)
class RateLimitRule:
    """At most `max` requests in `window` seconds."""

    window: Seconds
    """Length of the window in seconds."""
    max: int
    """Maximum number of requests in a window."""


@dataclass(frozen=True)
class RateLimitDecision:
    """Whether a request may pass; if not, `retry_after` has the seconds to wait."""

    allowed: bool
    retry_after: Seconds | None = None


class RateLimitStorage(Protocol):
    """The interface that counts requests."""

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        """Count one request against `key` in a single atomic step and decide."""
        ...


@runtime_checkable
class ForgettingRateLimitStorage(RateLimitStorage, Protocol):
    """A storage that can also count wrong passwords by account: a right one resets the count."""

    async def forget(self, key: str) -> None:
        """Reset the count of `key` to zero."""
        ...


CustomRule = (
    RateLimitRule
    | Literal[False]
    | Callable[[Any, RateLimitRule], MaybeAwaitable[RateLimitRule | Literal[False] | None]]
)


@dataclass(frozen=True, kw_only=True)
class RateLimitOptions:
    """Rate limiting."""

    enabled: bool | None = None
    """Whether requests are limited. Unset: in production."""
    window: Seconds = 10
    """Length of the window in seconds."""
    max: int = 100
    """Maximum number of requests in a window, for paths without a rule."""
    storage: Literal["memory", "database", "secondary-storage"] | None = None
    """Where requests are counted: `memory` counts per process, `database` and `secondary-storage` are shared by all
    processes. Unset: in the secondary storage if there is one, otherwise in memory."""
    custom_rules: dict[str, CustomRule] = field(default_factory=dict)
    """Rules by path (`/sign-in/email`, `/two-factor/*`); false exempts a path, a function decides for each request."""
    per_account: RateLimitRule | Literal[False] | None = None
    """Limit of wrong passwords for one account: this many from one client, and five times as many from all clients
    together; beyond that, only clients in a network where the account has a session may try. A right password, or a
    reset by mail, resets the count. False: no limit. Unset: 20 in 3600 seconds in production, if rate limiting is
    on."""
    per_mailed_address: RateLimitRule | Literal[False] | None = None
    """Limit of mails of one kind to one address; the answer does not reveal that the limit is reached. If their links
    expire before the window ends, the links' lifetime is the window, so that one of them always works. Addresses of one
    mailbox (`ada+1@example.com`, `ada+2@example.com`) get four times as many together; verified users' addresses always
    get theirs. False: no limit. Unset: 5 in 3600 seconds in production, if rate limiting is on."""
    per_texted_number: RateLimitRule | Literal[False] | None = None
    """Limit of text messages to one phone number; the answer does not reveal that it is reached, and the code of the
    last message stays valid. False: no limit. Unset: 5 in 3600 seconds in production, if rate limiting is on."""
    texts_per_client: RateLimitRule | Literal[False] | None = None
    """Limit of text messages that one client causes, whatever the numbers; for IPv6 ten times as many for a /48. The
    answer does not reveal that it is reached. False: no limit. Unset: 20 in 3600 seconds in production, if rate
    limiting is on."""
    texts_in_total: RateLimitRule | Literal[False] | None = None
    """Limit of text messages that all clients together cause: what an hour can cost you. Reaching it is logged as an
    error. False: no limit. Unset: 1000 in 3600 seconds in production, if rate limiting is on."""
    custom_storage: RateLimitStorage | None = None
    """Your own storage. With a method `forget(key)` it also counts wrong passwords by account; otherwise those are
    counted in memory."""
    model_name: str | None = None
    """The table's name, for `database`."""
    fields: dict[str, str] = field(default_factory=dict)
    """Column names by field name, for `database`."""


def account_rule(options: RateLimitOptions, *, enabled: bool) -> RateLimitRule | None:
    """Return the rule for wrong passwords of one account from one client; `enabled` turns the default rule on."""
    return _rule(options.per_account, RateLimitRule(window=3600, max=20) if enabled else None)


def mail_rule(options: RateLimitOptions, *, enabled: bool) -> RateLimitRule | None:
    """Return the rule for mails to one address; `enabled` turns the default rule on."""
    return _rule(options.per_mailed_address, RateLimitRule(window=3600, max=5) if enabled else None)


@dataclass(frozen=True)
class TextRules:
    """The rules for text messages; None: no limit."""

    per_number: RateLimitRule | None
    per_client: RateLimitRule | None
    in_total: RateLimitRule | None


def text_rules(options: RateLimitOptions, *, enabled: bool) -> TextRules:
    """Return the rules for text messages; `enabled` turns the default rules on."""

    def rule(given: RateLimitRule | Literal[False] | None, most: int) -> RateLimitRule | None:
        return _rule(given, RateLimitRule(window=3600, max=most) if enabled else None)

    return TextRules(
        rule(options.per_texted_number, 5), rule(options.texts_per_client, 20), rule(options.texts_in_total, 1000)
    )


def _rule(given: RateLimitRule | Literal[False] | None, default: RateLimitRule | None) -> RateLimitRule | None:
    return default if given is None else given or None
