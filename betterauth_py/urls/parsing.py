"""Origins and safe redirects, by the WHATWG URL rules (through Ada, the parser that Node uses)."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from re import compile as compile_pattern
from typing import Final

from ada_url import URL, URLSearchParams

CONTROL_CHARACTER: Final = compile_pattern("[\u0000-\u001f\u007f-\u009f]")
_ENCODED_PATH_SEPARATOR: Final = compile_pattern("%2[fF]|%5[cC]")
_PATH_END: Final = compile_pattern("[?#]")
_UNRESOLVED_ORIGIN: Final = "https://better-auth.invalid"


def parse_url(text: str) -> URL | None:
    """Return the parsed absolute URL, or None if it is not one."""
    try:
        return URL(text)
    except (ValueError, UnicodeError):
        return None


def get_origin(text: str) -> str | None:
    """Return the origin of an http(s) URL; None for anything opaque or malformed."""
    url = parse_url(text)
    return None if url is None or url.origin == "null" else str(url.origin)


def resolve_url(text: str, base: str) -> str | None:
    """Return what a URL at the place `base` stands for, or None if it is none."""
    try:
        return str(URL(text, base=base).href)
    except (ValueError, UnicodeError):
        return None


def is_loopback_address(host: str) -> bool:
    """Return whether a host is this machine: `localhost`, or an address that never leaves it (RFC 6890)."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def append_query(url: str, query: str) -> str:
    """Append `query` before the fragment of an absolute or root-relative URL.

    Raises:
        ValueError: for a URL that is neither, or leads to another host.
    """
    if url.startswith(("//", "/\\")):
        raise ValueError(url)
    relative = url.startswith("/")
    parsed = URL(url, _UNRESOLVED_ORIGIN) if relative else URL(url)
    if query:
        search = str(parsed.search)
        parsed.search = f"{search}{'' if search.endswith('&') else '&'}{query}" if search else query
    href = str(parsed.href)
    return href[len(str(parsed.origin)) :] if relative else href


def with_query_parameter(url: str, base: str, name: str, value: str) -> str:
    """Return `url`, resolved against `base`, with one query parameter set in place of what it had.

    Raises:
        ValueError: if that is no URL.
    """
    return with_query(str(URL(url, base).href), {name: value})


def with_query(url: str, parameters: Mapping[str, str]) -> str:
    """Return an absolute URL with these query parameters, written as a browser's `URLSearchParams` writes them."""
    parsed = URL(url)
    query = URLSearchParams(str(parsed.search))
    for name, value in parameters.items():
        query.set(name, value)
    parsed.search = str(query)
    return str(parsed.href)


def is_safe_relative_url(text: str) -> bool:
    """Return whether a redirect to the root-relative `text` stays on the site, however a browser or router reads it.

    Stricter than better-auth 1.7.25 in one place: a path that becomes `//host` once its dot segments are resolved
    (`/.//host`, `/a/..//host`) is refused, because a Location of that form leaves the site.
    """
    if not text.startswith("/") or text.startswith("//") or "\\" in text or CONTROL_CHARACTER.search(text):
        return False
    path = _PATH_END.split(text, maxsplit=1)[0]
    if _ENCODED_PATH_SEPARATOR.search(path):
        return False
    try:
        url = URL(text, _UNRESOLVED_ORIGIN)
    except (ValueError, UnicodeError):
        return False
    return bool(url.origin == _UNRESOLVED_ORIGIN and not str(url.pathname).startswith("//"))
