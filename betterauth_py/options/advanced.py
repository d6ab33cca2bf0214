"""Cookies, addresses and checks that most deployments leave alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from betterauth_py.options.database import DatabaseAdvancedOptions
from betterauth_py.options.security_headers import SecurityHeadersOptions
from betterauth_py.options.types import Seconds


@dataclass(frozen=True, kw_only=True)
class IpAddressOptions:
    """How the client's address is found."""

    ip_address_headers: list[str] = field(default_factory=lambda: ["x-forwarded-for"])
    """Headers that carry it, in order of preference."""
    disable_ip_tracking: bool = False
    """Whether no address is ever read or stored (rate limits then do not apply)."""
    ipv6_subnet: int = 64
    """Leading bits of an IPv6 address that identify a client."""
    trusted_proxies: list[str] | None = None
    """Addresses and CIDR ranges of your own proxies; a forwarded chain is read from the right past these. The word
    `loopback` stands for this machine, `private` for it and all private networks (those of Docker and Kubernetes too).
    Environment: `BETTER_AUTH_TRUSTED_PROXIES`, separated by commas. Unset: `loopback` with `use_connection`, else
    none."""
    use_connection: bool = False
    """Whether the address of the connection counts: forwarded headers are believed only if it is a trusted proxy's, and
    it is the client's otherwise. `betterauth serve` turns this on. Off, headers are read whoever sends them, as
    better-auth 1.7.25 does, so only a proxy may reach this server."""


@dataclass(frozen=True, kw_only=True)
class CrossSubDomainCookiesOptions:
    """Sharing the session between subdomains."""

    enabled: bool = False
    """Whether cookies name a domain."""
    domain: str | None = None
    """The domain. Unset: the host of `base_url`."""


@dataclass(frozen=True, kw_only=True)
class CookieAttributesOptions:
    """Attributes that replace a cookie's own; unset ones are left as they are."""

    max_age: Seconds | None = None
    """Life in seconds."""
    domain: str | None = None
    """The domain."""
    path: str | None = None
    """The path."""
    http_only: bool | None = None
    """Whether scripts cannot read it."""
    secure: bool | None = None
    """Whether it is sent over https only."""
    same_site: Literal["lax", "strict", "none"] | None = None
    """When it is sent from other sites."""
    partitioned: bool | None = None
    """Whether each top-level site has its own (CHIPS)."""


@dataclass(frozen=True, kw_only=True)
class CookieOptions:
    """One cookie's name and attributes."""

    name: str | None = None
    """The name, without the `__Secure-` prefix."""
    attributes: CookieAttributesOptions = field(default_factory=CookieAttributesOptions)
    """Attributes that replace its own."""


@dataclass(frozen=True, kw_only=True)
class AdvancedOptions:
    """Cookies, addresses and checks that most deployments leave alone."""

    ip_address: IpAddressOptions = field(default_factory=IpAddressOptions)
    """How the client's address is found."""
    trusted_proxy_headers: bool = False
    """Whether `X-Forwarded-Host` and `X-Forwarded-Proto` tell where clients reach this server, where `base_url` does
    not. Only behind a proxy that sets both and lets none from outside pass; with `ip_address.use_connection` they count
    from `ip_address.trusted_proxies` only."""
    use_secure_cookies: bool | None = None
    """Whether cookies are `Secure` and named `__Secure-...`. Unset: when `base_url` is https."""
    disable_csrf_check: bool | None = None
    """Whether the origin of state-changing requests is not checked. Dangerous. Unset: when `disable_origin_check` is
    true, as in better-auth 1.7.25."""
    disable_origin_check: bool | list[str] = False
    """Whether callback URLs are not checked, or the paths where they are not. Dangerous."""
    cross_sub_domain_cookies: CrossSubDomainCookiesOptions = field(default_factory=CrossSubDomainCookiesOptions)
    """Sharing the session between subdomains."""
    cookies: dict[str, CookieOptions] = field(default_factory=dict)
    """Names and attributes by cookie: `session_token`, `session_data`, `dont_remember`."""
    default_cookie_attributes: CookieAttributesOptions = field(default_factory=CookieAttributesOptions)
    """Attributes of every cookie."""
    cookie_prefix: str = "better-auth"
    """What cookie names start with."""
    database: DatabaseAdvancedOptions = field(default_factory=DatabaseAdvancedOptions)
    """How rows get their ids."""
    security_headers: SecurityHeadersOptions = field(default_factory=SecurityHeadersOptions)
    """Headers that tell browsers to be careful with every answer."""
    skip_trailing_slashes: bool = False
    """Whether `/path/` is served as `/path`."""
    max_body_size: int = 65_536
    """Largest request body in bytes; a larger one is answered with 413."""
    max_image_body_size: int = 2_097_152
    """Largest request body in bytes where a user's image is taken, which may be a data URL: `/sign-up/email` and
    `/update-user`. All but the image is held to `max_body_size`."""
