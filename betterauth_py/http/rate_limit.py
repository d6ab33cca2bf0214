"""Counts requests before they are routed, as better-auth 1.7.25: 404s and wrong methods count too."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from betterauth_py.awaiting import resolve
from betterauth_py.clock import Clock
from betterauth_py.http.messages import Request, Response
from betterauth_py.options.rate_limit import (
    RateLimitDecision,
    RateLimitOptions,
    RateLimitRule,
    RateLimitStorage,
)
from betterauth_py.plugins.plugin import PathRule, Plugin
from betterauth_py.wire import json
from betterauth_py.wire.wildcards import wildcard

_SHARED_BUCKET: Final = "no-trusted-ip"
_MOST_ENTRIES: Final = 100_000
_MAIL_PATHS: Final = {
    "/request-password-reset",
    "/send-verification-email",
    "/email-otp/send-verification-otp",
    "/email-otp/request-password-reset",
}

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
"""Paths that guess passwords or send mail are allowed less."""


class MemoryRateLimitStorage:
    """Counts in this process."""

    def __init__(self, clock: Clock) -> None:
        """Start with no counts."""
        self._clock = clock
        # key -> (count, last request, end), in the order of last use.
        self._entries: OrderedDict[str, tuple[int, int, int]] = OrderedDict()

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        """Count one request; a refused one changes nothing, so it does not extend the window."""
        now = self._clock.milliseconds()
        window = rule.window * 1000
        count, last, end = self._entries.get(key, (0, now, 0))
        if now >= end or now - last >= window:
            count = 0
        elif count >= rule.max:
            return RateLimitDecision(allowed=False, retry_after=-(-(last + window - now) // 1000))
        self._entries[key] = (count + 1, now, now + window)
        self._entries.move_to_end(key)
        self._prune(now)
        return RateLimitDecision(allowed=True)

    def _prune(self, now: int) -> None:
        """Forget the oldest entries that are over or too many; at most a few each time."""
        for _ in range(4):
            oldest = next(iter(self._entries), None)
            if oldest is None or (now < self._entries[oldest][2] and len(self._entries) <= _MOST_ENTRIES):
                return
            del self._entries[oldest]


class RateLimiter:
    """Decides whether a request may pass."""

    def __init__(
        self, options: RateLimitOptions, storage: RateLimitStorage, plugins: Sequence[Plugin], *, enabled: bool
    ) -> None:
        """Apply the rules of the options and plugins, counting in `storage`."""
        self.enabled = enabled
        self._storage = options.custom_storage or storage
        self._default = RateLimitRule(window=options.window or 10, max=options.max or 100)
        self._plugins = plugins
        self._custom_rules = options.custom_rules

    async def check(self, request: Request, path: str, ip: str | None, *, tracks_ip: bool) -> Response | None:
        """Return the 429 that refuses the request, or None to let it pass."""
        if ip is None and not tracks_ip:
            return None
        rule = await self._rule_for(request, path)
        if rule is None:
            return None
        decision = await self._storage.consume(f"{ip or _SHARED_BUCKET}|{path}", rule)
        if decision.allowed:
            return None
        retry_after = rule.window if decision.retry_after is None else decision.retry_after
        return Response(
            429,
            [("content-type", "application/json"), ("x-retry-after", str(retry_after))],
            json.stringify({"message": "Too many requests. Please try again later."}),
        )

    async def _rule_for(self, request: Request, path: str) -> RateLimitRule | None:
        rule = next((special.rule for special in DEFAULT_RULES if special.matcher(path)), self._default)
        for plugin in self._plugins:
            match = next((special.rule for special in plugin.rate_limit if special.matcher(path)), None)
            if match is not None:
                rule = match
                break
        for pattern, custom in self._custom_rules.items():
            if pattern == path or ("*" in pattern and wildcard(pattern).fullmatch(path)):
                resolved = await resolve(custom(request, rule)) if callable(custom) else custom
                if resolved is False:
                    return None
                return resolved or rule
        return rule


def longest_window(options: RateLimitOptions, plugins: Sequence[Plugin]) -> int:
    """Return the longest window in seconds that any rule has: how long a count can matter."""
    windows = [options.window, *(special.rule.window for special in DEFAULT_RULES)]
    windows += [special.rule.window for plugin in plugins for special in plugin.rate_limit]
    windows += [rule.window for rule in options.custom_rules.values() if isinstance(rule, RateLimitRule)]
    return max(windows)
