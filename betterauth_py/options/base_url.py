"""The base URL: one, or one for each allowed host."""

from __future__ import annotations

from dataclasses import dataclass
from re import compile as compile_pattern
from typing import Final, Literal

from betterauth_py.errors import ConfigurationError
from betterauth_py.options.trusted_origins import normalize_origins
from betterauth_py.urls.parsing import is_loopback_address, parse_url

# RFC 3986, 3.3: the characters of a path that no client rewrites.
_PATH: Final = compile_pattern(r"(?:/[0-9A-Za-z\-._~!$&'()*+,;=:@]+)*")


@dataclass(frozen=True, kw_only=True)
class DynamicBaseURL:
    """A base URL that follows the host of each request: one server for several domains."""

    allowed_hosts: list[str]
    """Hosts that requests may name, with port if they have one: exact (`app.example.com`) or with wildcards
    (`*.example.com`, `preview-*.example.com`). They are trusted origins too. Without a `fallback`, requests for other
    hosts get 400."""
    fallback: str | None = None
    """The origin for other hosts, such as `https://example.com`, and for in-process calls without a host."""
    protocol: Literal["http", "https", "auto"] | None = None
    """The scheme of links. Unset or `auto`: that of the request (of `X-Forwarded-Proto` with
    `advanced.trusted_proxy_headers`); `auto` also trusts the http origins of the hosts. `https` makes cookies
    secure."""


def split_base_url(base_url: str | DynamicBaseURL | None, base_path: str) -> tuple[str | None, str]:
    """Return the origin and the path of all endpoints; a path in `base_url` takes precedence over `base_path`.

    Raises:
        ConfigurationError: if `base_url` is not an absolute http(s) URL, or `base_path` no path.
    """
    path = "/" + base_path.strip("/") if base_path.strip("/") else ""
    if not _PATH.fullmatch(path) or not {".", ".."}.isdisjoint(path.split("/")):
        raise ConfigurationError(
            f"Option `base_path`: {base_path!r} is not a path that clients can request. Write for example /api/auth."
        )
    if isinstance(base_url, DynamicBaseURL):
        _check(base_url)
        return None, path
    if base_url is None:
        return None, path
    origin, own_path = _parse(base_url, "`base_url` (BETTER_AUTH_URL)")
    return origin, own_path or path


def origins_of(base_url: DynamicBaseURL) -> list[str]:
    """Return the origins of the allowed hosts, which are trusted as in better-auth 1.7.25."""
    origins: list[str] = []
    for host in base_url.allowed_hosts:
        if "://" in host:
            origins += _host_origins([host])
            continue
        if base_url.protocol != "http":
            origins.append(f"https://{host}")
        if base_url.protocol in {"http", "auto"} or is_loopback(host):
            origins.append(f"http://{host}")
    if base_url.fallback:
        origins.append(_parse(base_url.fallback, "`base_url.fallback`")[0])
    return origins


def is_loopback(host: str) -> bool:
    """Return whether a host, with or without port, is this machine."""
    name, colon, port = host.rpartition(":")
    # An IPv6 address without brackets has no port.
    has_port = colon and port.isdecimal() and (":" not in name or name.endswith("]"))
    name = (name if has_port else host).strip("[]").lower()
    return name.endswith(".localhost") or is_loopback_address(name)


def _check(base_url: DynamicBaseURL) -> None:
    if not base_url.allowed_hosts:
        raise ConfigurationError(
            "Option `base_url.allowed_hosts` is empty: no request could be answered. Name at least one host, such as "
            "app.example.com or *.example.com."
        )
    _host_origins(base_url.allowed_hosts)
    if base_url.fallback and _parse(base_url.fallback, "`base_url.fallback`")[1]:
        raise ConfigurationError(
            f"Option `base_url.fallback`: {base_url.fallback!r} has a path. Leave it out and set `base_path`."
        )


def _host_origins(hosts: list[str]) -> list[str]:
    """Return the origins of hosts, checked as trusted origins are, because mailed links contain them."""
    origins = [host if "://" in host else f"https://{host}" for host in hosts]
    return normalize_origins(origins, "Option `base_url.allowed_hosts`")


def _parse(text: str, option: str) -> tuple[str, str]:
    url = parse_url(text)
    if url is None or url.protocol not in {"http:", "https:"}:
        raise ConfigurationError(
            f"Option {option}: {text!r} is not an http:// or https:// URL. Write for example https://auth.example.com."
        )
    parts = {"a user name or password": url.username or url.password, "a query": url.search, "a fragment": url.hash}
    if too_much := [name for name, part in parts.items() if part]:
        # The value may be a secret and is not repeated.
        raise ConfigurationError(
            f"Option {option} has {' and '.join(too_much)}. Leave only scheme, host and path, such as "
            "https://auth.example.com."
        )
    return str(url.origin), str(url.pathname).rstrip("/")
