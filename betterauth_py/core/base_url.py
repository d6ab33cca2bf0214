"""The base URL of a request, if the options do not set one."""

from __future__ import annotations

from dataclasses import replace
from re import IGNORECASE
from re import compile as compile_pattern
from typing import Final

from betterauth_py.core.auth_context import AuthContext, logger
from betterauth_py.core.auth_cookies import make_auth_cookies, make_cookie_maker
from betterauth_py.core.client_ip import ClientIpResolver
from betterauth_py.core.messages import Request
from betterauth_py.core.trusted_origins import configured_origins
from betterauth_py.options import Options
from betterauth_py.options.base_url import DynamicBaseURL, is_loopback
from betterauth_py.urls.origin_patterns import matches_authority
from betterauth_py.urls.origins import matches_origin_pattern
from betterauth_py.urls.parsing import get_origin
from betterauth_py.urls.wildcards import has_wildcards
from betterauth_py.wire.headers import RequestHeaders

_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = compile_pattern(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:]+\])(?::[0-9]{{1,5}})?", IGNORECASE)
_PROTOCOLS: Final = frozenset({"http", "https"})


class HostNotAllowedError(Exception):
    """The request's host is missing or not allowed by the options."""


def at_host_of(auth: AuthContext, headers: RequestHeaders, request: Request | None) -> AuthContext:
    """Return `auth` for the host of a request, if `base_url` has several; otherwise `auth` itself.

    Raises:
        HostNotAllowedError: if that is no allowed host, and there is no fallback.
    """
    if not isinstance(auth.options.base_url, DynamicBaseURL):
        return auth
    believes_proxy = _believes_proxy(auth.options, auth.client_ip, request)
    origin = _allowed_origin(auth.options.base_url, headers, request, believes_proxy=believes_proxy)
    if not auth.options.advanced.cross_sub_domain_cookies.enabled:
        return replace(auth, base_origin=origin, assembled=auth)
    make_cookie = make_cookie_maker(auth.options, origin, in_production=auth.in_production)
    cookies = make_auth_cookies(auth.options, make_cookie)
    return replace(auth, base_origin=origin, make_cookie=make_cookie, cookies=cookies, assembled=auth)


def origin_of_request(options: Options, client_ip: ClientIpResolver, request: Request) -> str:
    """Return the origin of a request: from the proxy's headers if they are trusted, otherwise from `Host`."""
    if _believes_proxy(options, client_ip, request):
        host = request.headers.value("x-forwarded-host") or ""
        protocol = request.headers.value("x-forwarded-proto") or ""
        if protocol in _PROTOCOLS and _HOST.fullmatch(host) and get_origin(f"{protocol}://{host}"):
            return f"{protocol}://{host}"
    return request.origin


def _believes_proxy(options: Options, client_ip: ClientIpResolver, request: Request | None) -> bool:
    if not options.advanced.trusted_proxy_headers:
        return False
    return request is None or client_ip.trusts_forwarding_by(request.peer)


async def may_mail_links(auth: AuthContext, request: Request | None) -> bool:
    """Return whether a mailed link may lead to the request's origin.

    Without a base URL that is what its `Host` says, and anybody can say `evil.test`: it must be this machine or a
    trusted origin.
    """
    if auth.base_origin is not None or request is None:
        return True
    own = auth.origin_of_request(request)
    if is_loopback(own.partition("://")[2]):
        return True
    trusted = await configured_origins(auth, request)
    return any(matches_origin_pattern(own, origin) for origin in trusted)


def _allowed_origin(
    base_url: DynamicBaseURL, headers: RequestHeaders, request: Request | None, *, believes_proxy: bool
) -> str:
    host = _host(headers, believes_proxy=believes_proxy)
    if host is not None and any(_matches(host, pattern) for pattern in base_url.allowed_hosts):
        origin = f"{_protocol(base_url, headers, request, host, believes_proxy=believes_proxy)}://{host}"
        if get_origin(origin) is not None:
            return origin
    fallback = get_origin(base_url.fallback) if base_url.fallback else None
    if fallback is None:
        logger.error("Host %r is not in base_url.allowed_hosts. If it is right, add it, or set a fallback.", host)
        raise HostNotAllowedError
    return fallback


def _host(headers: RequestHeaders, *, believes_proxy: bool) -> str | None:
    names = ("x-forwarded-host", "host") if believes_proxy else ("host",)
    return next((value for name in names if (value := headers.value(name)) and _HOST.fullmatch(value)), None)


def _protocol(
    base_url: DynamicBaseURL, headers: RequestHeaders, request: Request | None, host: str, *, believes_proxy: bool
) -> str:
    if base_url.protocol in _PROTOCOLS:
        return str(base_url.protocol)
    forwarded = headers.value("x-forwarded-proto")
    if believes_proxy and forwarded in _PROTOCOLS:
        return str(forwarded)
    if request is not None:
        return request.scheme
    return "http" if is_loopback(host) else "https"


def _matches(host: str, pattern: str) -> bool:
    host = host.lower()
    pattern = pattern.removeprefix("https://").removeprefix("http://").partition("/")[0].lower()
    return matches_authority(host, pattern) if has_wildcards(pattern) else host == pattern
