"""Counts requests before they are routed, as better-auth 1.7.25: 404s and wrong methods count too."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from betterauth_py.awaiting import resolve
from betterauth_py.clock import Clock
from betterauth_py.core.messages import Request, Response
from betterauth_py.core.paths import MOST_SEGMENTS, Bucket
from betterauth_py.core.plugin import PathRule, Plugin
from betterauth_py.core.security_log import log_event
from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript import json
from betterauth_py.log_throttle import LogThrottle
from betterauth_py.options.rate_limit import (
    ForgettingRateLimitStorage,
    RateLimitOptions,
    RateLimitRule,
    RateLimitStorage,
    account_rule,
    mail_rule,
    text_rules,
)
from betterauth_py.security_events import SecurityEvent
from betterauth_py.store.rate_limits import CountLives, MemoryRateLimitStorage
from betterauth_py.urls.wildcards import wildcard

logger = logging.getLogger("betterauth")

TOO_MANY: Final = "Too many requests. Please try again later."
RETRY_AFTER: Final = "x-retry-after"

_SHARED_BUCKET: Final = "no-trusted-ip"
# The first 48 bits of an expanded IPv6 address, and how much more a /48 may do than a /64.
_SITE_PREFIX: Final = len("2001:0db8:abcd")
_SUBNETS: Final = 10
_QUIET_SECONDS: Final = 60
_MOST_TOLD: Final = 1_000
_MAIL_PATHS: Final = {"/request-password-reset", "/send-verification-email"}

DEFAULT_RULES: Final = (
    PathRule(
        matcher=lambda path: path.startswith(("/sign-in", "/sign-up", "/change-password", "/change-email")),
        rule=RateLimitRule(window=10, max=3),
    ),
    PathRule(
        matcher=lambda path: path in _MAIL_PATHS or path.startswith("/forget-password"),
        rule=RateLimitRule(window=60, max=3),
    ),
)
"""Stricter limits for paths that check passwords or send mail."""


class RefusalLog:
    """Logs refused requests, one line per client and minute."""

    def __init__(self, clock: Clock) -> None:
        """Start with nothing logged."""
        self._throttle = LogThrottle(seconds=_QUIET_SECONDS, most=_MOST_TOLD, clock=lambda: clock.milliseconds() / 1000)

    def refused(self, client: str, bucket: str, rule: RateLimitRule) -> None:
        """Log that a request of `client` was refused, unless that was logged less than a minute ago."""
        if not self._throttle.allows(client):
            return
        text = f"Too many requests from {client} to {bucket}: more than {rule.max} in {rule.window} s"
        log_event(SecurityEvent.RATE_LIMITED, text, address=client, bucket=bucket)


class RateLimiter:
    """Decides whether a request may pass, and whether another password may be tried."""

    def __init__(
        self,
        options: RateLimitOptions,
        storage: RateLimitStorage,
        plugins: Sequence[Plugin],
        clock: Clock,
        *,
        enabled: bool,
        in_production: bool,
    ) -> None:
        """Apply the rules of the options and plugins, counting in `storage`."""
        self.enabled = enabled
        self._storage = options.custom_storage or storage
        self._default = RateLimitRule(window=options.window or 10, max=options.max or 100)
        self._plugins = plugins
        self._custom_rules = options.custom_rules
        self.log = RefusalLog(clock)
        self.account_rule = account_rule(options, enabled=enabled and in_production)
        self.mail_rule = mail_rule(options, enabled=enabled and in_production)
        self.text_rules = text_rules(options, enabled=enabled and in_production)
        self.accounts: ForgettingRateLimitStorage = (
            self._storage if isinstance(self._storage, ForgettingRateLimitStorage) else MemoryRateLimitStorage(clock)
        )
        """Counts wrong passwords by account, mails by address, and text messages."""

    @property
    def counts_in_this_process(self) -> bool:
        """Whether each process counts separately."""
        return self.enabled and isinstance(self._storage, MemoryRateLimitStorage)

    async def check(
        self, request: Request, path: str, bucket: Bucket, ip: str | None, *, tracks_ip: bool
    ) -> Response | None:
        """Return the 429 that refuses the request, or None to let it pass.

        Args:
            request: the request.
            path: its path without the base path, by which rules are found.
            bucket: what of the path is counted together.
            ip: the client's address.
            tracks_ip: whether addresses are read at all.
        """
        if ip is None and not tracks_ip:
            return None
        rule = await self._rule_for(request, path)
        if rule is None:
            return None
        decision = await self._storage.consume(f"{ip or _SHARED_BUCKET}|{bucket.key}", rule)
        if decision.allowed and ip is not None and ":" in ip:
            # A rented server comes with a /48 of 65,536 subnets: they are also counted together, with a higher limit.
            rule = RateLimitRule(window=rule.window, max=rule.max * _SUBNETS)
            decision = await self._storage.consume(f"{ip[:_SITE_PREFIX]}::/48|{bucket.key}", rule)
        if decision.allowed:
            return None
        self.log.refused(ip or _SHARED_BUCKET, bucket.name, rule)
        retry_after = rule.window if decision.retry_after is None else decision.retry_after
        return Response(
            429,
            [("content-type", "application/json"), (RETRY_AFTER, str(retry_after))],
            json.stringify({"message": TOO_MANY}),
        )

    async def _rule_for(self, request: Request, path: str) -> RateLimitRule | None:
        rule = next((special.rule for special in DEFAULT_RULES if special.matcher(path)), self._default)
        for plugin in self._plugins:
            match = next((special.rule for special in plugin.rate_limit if special.matcher(path)), None)
            if match is not None:
                rule = match
                break
        # No endpoint has so many segments.
        fits_patterns = path.count("/") <= MOST_SEGMENTS
        for pattern, custom in self._custom_rules.items():
            if pattern == path or (fits_patterns and "*" in pattern and wildcard(pattern).fullmatch(path)):
                resolved = await resolve(custom(request, rule)) if callable(custom) else custom
                if resolved is False:
                    return None
                return resolved or rule
        return rule


def count_lives(options: RateLimitOptions, plugins: Sequence[Plugin]) -> CountLives:
    """Return the longest windows in seconds of all rules: how long a count can matter."""
    windows = [options.window, *(special.rule.window for special in DEFAULT_RULES)]
    windows += [special.rule.window for plugin in plugins for special in plugin.rate_limit]
    windows += [rule.window for rule in options.custom_rules.values() if isinstance(rule, RateLimitRule)]
    texts = text_rules(options, enabled=True)
    rules = (
        account_rule(options, enabled=True),
        mail_rule(options, enabled=True),
        texts.per_number,
        texts.per_client,
        texts.in_total,
    )
    tries = [rule.window for rule in rules if rule is not None]
    return CountLives(paths=max(windows), accounts=max(tries, default=0))


def refuse_separate_counts(limiter: RateLimiter, workers: int, *, has_database: bool = True) -> None:
    """Refuse several processes that count separately: a client could use the limit of each.

    Without a database they cannot count together, and several servers of one process each would not either: this is
    logged.

    Raises:
        ConfigurationError: if they would.
    """
    if workers > 1 and limiter.counts_in_this_process and not has_database:
        logger.warning(
            "There is no database, so each of the %d workers counts requests by itself. Set BETTER_AUTH_REDIS_URL if "
            "limits must be exact.",
            workers,
        )
    elif workers > 1 and limiter.counts_in_this_process:
        raise ConfigurationError(
            f"Option `rate_limit.storage` is 'memory', in which each of the {workers} workers would count requests by "
            "itself. Set it to 'database' and run `betterauth migrate`, or set BETTER_AUTH_REDIS_URL, or serve with "
            "one worker."
        )
