"""Cookies, client addresses and checks; most deployments keep the defaults."""

from __future__ import annotations

from asyncio import Task
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from betterauth_py.options.database import DatabaseAdvancedOptions
from betterauth_py.options.security_headers import SecurityHeadersOptions
from betterauth_py.options.types import Seconds


@dataclass(frozen=True, kw_only=True)
class IpAddressOptions:
    """How the client's address is found."""

    ip_address_headers: list[str] = field(default_factory=lambda: ["x-forwarded-for"])
    """Headers with the client's address, in order of preference."""
    disable_ip_tracking: bool = False
    """Whether addresses are neither read nor stored (rate limits then do not apply)."""
    ipv6_subnet: int = 64
    """Leading bits of an IPv6 address that identify a client."""
    trusted_proxies: list[str] | None = None
    """Addresses and CIDR ranges of your proxies; a forwarded chain is read from the right, past these. `loopback` means
    this machine, `private` this machine and all private networks (including those of Docker and Kubernetes).
    Environment: `BETTER_AUTH_TRUSTED_PROXIES`, separated by commas. Unset: `loopback` with `use_connection`, otherwise
    none."""
    use_connection: bool = False
    """Whether the connection's address is used: it is the client's, unless it is a trusted proxy's; then the forwarded
    headers are read. `betterauth serve` turns this on. Off, the headers of any sender are trusted, as in better-auth
    1.7.25, so only a proxy may reach this server."""


@dataclass(frozen=True, kw_only=True)
class CrossSubDomainCookiesOptions:
    """Sharing the session between subdomains."""

    enabled: bool = False
    """Whether cookies have a `Domain`."""
    domain: str | None = None
    """The domain. Unset: the host of `base_url`."""
    additional_cookies: list[str] = field(default_factory=list)
    """Accepted for configurations taken from better-auth: every cookie is shared, as in 1.7.25, which reads this no
    more."""


@dataclass(frozen=True, kw_only=True)
class CookieAttributesOptions:
    """Attributes that replace a cookie's own; unset ones keep their defaults."""

    max_age: Seconds | None = None
    """Lifetime in seconds."""
    domain: str | None = None
    """The domain."""
    path: str | None = None
    """The path."""
    expires: datetime | None = None
    """A moment, with its time zone, at which it ends, for browsers that do not know `max_age`, which wins over it."""
    http_only: bool | None = None
    """Whether scripts cannot read it."""
    secure: bool | None = None
    """Whether it is sent over https only."""
    same_site: Literal["lax", "strict", "none", "Lax", "Strict", "None"] | None = None
    """Whether it is sent with requests from other sites."""
    partitioned: bool | None = None
    """Whether each top-level site has its own copy (CHIPS)."""


@dataclass(frozen=True, kw_only=True)
class CookieOptions:
    """One cookie's name and attributes."""

    name: str | None = None
    """The name, without the `__Secure-` prefix."""
    attributes: CookieAttributesOptions = field(default_factory=CookieAttributesOptions)
    """Attributes that replace its own."""


@dataclass(frozen=True, kw_only=True)
class BackgroundTasksOptions:
    """What runs after an answer, such as sending mails."""

    handler: Callable[[Task[None]], object] | None = None
    """Called with the task of each piece of such work, which runs already and logs its own failures: for a platform
    that stops a process once it has answered, unless it is told of what is left (`waitUntil`)."""


@dataclass(frozen=True, kw_only=True)
class AdvancedOptions:
    """Cookies, client addresses and checks; most deployments keep the defaults."""

    ip_address: IpAddressOptions = field(default_factory=IpAddressOptions)
    """How the client's address is found."""
    trusted_proxy_headers: bool = False
    """Whether `X-Forwarded-Host` and `X-Forwarded-Proto` name this server's address if `base_url` does not. Only for a
    proxy that sets both and removes those of clients; with `ip_address.use_connection` they are used only from
    `ip_address.trusted_proxies`."""
    use_secure_cookies: bool | None = None
    """Whether cookies are `Secure` and named `__Secure-...`. Unset: if `base_url` is https."""
    disable_csrf_check: bool | None = None
    """Turns off the origin check of state-changing requests. Dangerous. Unset: off if `disable_origin_check` is true,
    as in better-auth 1.7.25."""
    disable_origin_check: bool | list[str] = False
    """Turns off the check of callback URLs, everywhere or on these paths. Dangerous."""
    cross_sub_domain_cookies: CrossSubDomainCookiesOptions = field(default_factory=CrossSubDomainCookiesOptions)
    """Sharing the session between subdomains."""
    cookies: dict[str, CookieOptions] = field(default_factory=dict)
    """Names and attributes by cookie: `session_token`, `session_data`, `dont_remember`."""
    default_cookie_attributes: CookieAttributesOptions = field(default_factory=CookieAttributesOptions)
    """Attributes of every cookie."""
    cookie_prefix: str = "better-auth"
    """The prefix of cookie names."""
    database: DatabaseAdvancedOptions = field(default_factory=DatabaseAdvancedOptions)
    """Ids of rows, and lists of them."""
    background_tasks: BackgroundTasksOptions = field(default_factory=BackgroundTasksOptions)
    """What runs after an answer, such as sending mails."""
    security_headers: SecurityHeadersOptions = field(default_factory=SecurityHeadersOptions)
    """Security headers of every answer."""
    skip_trailing_slashes: bool = False
    """Whether `/path/` is served as `/path`."""
    max_body_size: int = 65_536
    """Maximum size of a request body in bytes; larger ones get 413."""
    max_image_body_size: int = 2_097_152
    """Maximum size of a request body in bytes for `/sign-up/email` and `/update-user`, whose image may be a data URL.
    The rest of the body is limited by `max_body_size`."""
