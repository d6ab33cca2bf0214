"""The cookies of one auth, with the names and attributes of its options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from betterauth_py.clock import Clock
from betterauth_py.errors import ConfigurationError
from betterauth_py.javascript.dates import to_milliseconds
from betterauth_py.log_throttle import LogThrottle
from betterauth_py.options import CookieAttributesOptions, Options
from betterauth_py.options.base_url import DynamicBaseURL
from betterauth_py.wire.cookies import (
    MAX_AGE_LIMIT,
    SECURE_PREFIX,
    Cookie,
    CookieAttributes,
    is_cookie_attribute,
    is_cookie_name,
)

# Every read of a session meets a cookie that is too large; it is logged once a minute.
_SECONDS_BETWEEN_WARNINGS: Final = 60


@dataclass(frozen=True, slots=True)
class AuthCookies:
    """The cookies that the core sets."""

    session_token: Cookie
    session_data: Cookie
    dont_remember: Cookie
    account_data: Cookie
    size_warnings: LogThrottle = field(compare=False, repr=False)
    """Throttles the log about cookies that are too large, by name."""


CookieMaker = Callable[[str, int | None], Cookie]


def make_cookie_maker(options: Options, base_url: str | None, *, in_production: bool) -> CookieMaker:
    """Return a function that takes a name and a default Max-Age and returns a cookie, for clients of `base_url`.

    Raises:
        ConfigurationError: if cross-subdomain cookies are on and no domain can be told.
    """
    advanced = options.advanced
    dynamic = options.base_url if isinstance(options.base_url, DynamicBaseURL) else None
    if advanced.use_secure_cookies is not None:
        secure = advanced.use_secure_cookies
    elif dynamic is not None and base_url is None and dynamic.protocol in {"http", "https"}:
        secure = dynamic.protocol == "https"
    else:
        secure = base_url.startswith("https://") if base_url else in_production
    domain: str | None = None
    if advanced.cross_sub_domain_cookies.enabled:
        domain = advanced.cross_sub_domain_cookies.domain or (urlsplit(base_url).hostname if base_url else None)
        if domain is None and dynamic is None:
            raise ConfigurationError(
                "Option `advanced.cross_sub_domain_cookies` needs a domain. Set its `domain`, or set `base_url`."
            )

    def make_cookie(name: str, max_age: int | None = None) -> Cookie:
        given = advanced.cookies.get(name)
        attributes = CookieAttributes(secure=secure, domain=domain).with_overrides(
            {
                **_overrides(advanced.default_cookie_attributes),
                **({} if max_age is None else {"max_age": max_age}),
                **(_overrides(given.attributes) if given else {}),
            }
        )
        full_name = (given.name if given else None) or f"{advanced.cookie_prefix}.{name}"
        if not is_cookie_name(full_name):
            raise ConfigurationError(
                f"No cookie can be called {full_name!r}. Use letters, digits, '.', '_' and '-' in "
                f"`advanced.cookie_prefix` and `advanced.cookies.{name}.name`."
            )
        for attribute in ("domain", "path"):
            if not is_cookie_attribute(getattr(attributes, attribute) or ""):
                raise ConfigurationError(
                    f"The cookie {full_name} has a `{attribute}` with a semicolon or a control character, which would "
                    "begin another attribute or header. Leave it out."
                )
        _check_expiry(full_name, attributes.expires, options.clock)
        if attributes.max_age is not None and attributes.max_age > MAX_AGE_LIMIT:
            raise ConfigurationError(
                f"The cookie {full_name} would live {attributes.max_age} seconds. Browsers keep no cookie longer than "
                f"400 days ({MAX_AGE_LIMIT} seconds); lower `session.expires_in` or the cookie's `max_age`."
            )
        return Cookie(f"{SECURE_PREFIX if secure else ''}{full_name}", attributes)

    return make_cookie


def make_auth_cookies(options: Options, make_cookie: CookieMaker) -> AuthCookies:
    """Return the cookies of the core."""
    return AuthCookies(
        session_token=make_cookie("session_token", options.session.effective_expires_in),
        session_data=make_cookie("session_data", options.session.cookie_cache.effective_max_age),
        dont_remember=make_cookie("dont_remember", None),
        account_data=make_cookie("account_data", options.session.cookie_cache.effective_max_age),
        size_warnings=LogThrottle(
            seconds=_SECONDS_BETWEEN_WARNINGS, most=1, clock=lambda: options.clock.milliseconds() / 1000
        ),
    )


def _check_expiry(name: str, expires: datetime | None, clock: Clock) -> None:
    if expires is None:
        return
    if expires.tzinfo is None:
        raise ConfigurationError(
            f"The cookie {name} has an `expires` without a time zone: {expires.isoformat()}. Add it, such as Z for UTC."
        )
    if to_milliseconds(expires) - clock.milliseconds() > MAX_AGE_LIMIT * 1000:
        raise ConfigurationError(
            f"The cookie {name} would expire at {expires.isoformat()}. Browsers keep no cookie longer than 400 days; "
            "give an earlier `expires`, or `max_age`."
        )


def _overrides(attributes: CookieAttributesOptions) -> dict[str, object]:
    given = {one.name: getattr(attributes, one.name) for one in fields(attributes)}
    return {name: value for name, value in given.items() if value is not None}
