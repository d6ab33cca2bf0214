"""Whether a URL has a trusted origin, by patterns as better-auth 1.7.25 reads them."""

from __future__ import annotations

from contextlib import suppress
from re import Pattern
from re import compile as compile_pattern
from typing import Final, NamedTuple

from betterauth_py.javascript.values import decode_uri_component
from betterauth_py.urls.origin_patterns import is_allowed_address, matches_authority
from betterauth_py.urls.parsing import CONTROL_CHARACTER, get_origin, is_safe_relative_url, parse_url
from betterauth_py.urls.wildcards import has_wildcards, wildcard

_WEB: Final = frozenset({"http:", "https:"})
_AUTHORITY_END: Final = compile_pattern("[/?#]")
_PATH_END: Final = compile_pattern("[?#]")
# In a pattern, `?` is any one character.
_PATTERN_AUTHORITY_END: Final = compile_pattern("[/#]")
_PATTERN_PATH_END: Final = compile_pattern("#")


def matches_origin_pattern(url: str, pattern: str, *, allow_relative_paths: bool = False) -> bool:
    """Return whether `url` has the origin `pattern`: exact, with `*` and `?`, or of a custom scheme.

    Stricter than better-auth 1.7.25 in one place: a pattern without a scheme (`*.example.com`) trusts web pages only,
    not `javascript://app.example.com/...`.
    """
    if url.startswith("/"):
        return allow_relative_paths and is_safe_relative_url(url)
    is_pattern = has_wildcards(pattern)
    parsed = parse_url(url)
    if parsed is None:
        return False
    protocol = str(parsed.protocol)
    if is_pattern and "://" not in pattern:
        return protocol in _WEB and matches_authority(str(parsed.host), pattern)
    if protocol not in _WEB:
        return _matches_custom_scheme(url, pattern, is_pattern=is_pattern)
    origin = get_origin(url)
    if not is_pattern:
        return pattern == origin
    if origin is None or wildcard(pattern).fullmatch(origin) is None:
        return False
    return is_allowed_address(origin.partition("://")[2], pattern.partition("://")[2])


class _CustomURL(NamedTuple):
    """What `myapp://host/path` says, its path resolved."""

    scheme: str
    authority: str
    path: str


def _matches_custom_scheme(url: str, pattern: str, *, is_pattern: bool) -> bool:
    given = _split(url, _AUTHORITY_END, _PATH_END)
    wanted = (
        _split(pattern, _PATTERN_AUTHORITY_END, _PATTERN_PATH_END)
        if is_pattern
        else _split(pattern, _AUTHORITY_END, _PATH_END)
    )
    if given is None or wanted is None or given.scheme != wanted.scheme:
        return False
    if is_pattern:
        if "@" in given.authority or (wanted.authority and not matches_authority(given.authority, wanted.authority)):
            return False
        return not wanted.path or wildcard(wanted.path).fullmatch(given.path or "/") is not None
    if wanted.authority and given.authority != wanted.authority:
        return False
    return not wanted.path or given.path == wanted.path or given.path.startswith(f"{wanted.path}/")


def _split(text: str, authority_end: Pattern[str], path_end: Pattern[str]) -> _CustomURL | None:
    """Return the parts of `myapp://host/path`, or None if it has control characters."""
    scheme, colon, rest = text.partition(":")
    if not colon or not scheme or CONTROL_CHARACTER.search(text):
        return None
    authority = ""
    if rest.startswith("//"):
        rest = rest[2:]
        end = authority_end.search(rest)
        authority, rest = (rest, "") if end is None else (rest[: end.start()], rest[end.start() :])
    path = path_end.split(rest, maxsplit=1)[0]
    return _CustomURL(scheme.lower(), authority.lower(), _resolve_dot_segments(path))


def _resolve_dot_segments(path: str) -> str:
    with suppress(ValueError):
        path = decode_uri_component(path)
    segments: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            if segments:
                segments.pop()
        elif segment not in {".", ""}:
            segments.append(segment)
    return f"/{'/'.join(segments)}" if segments else ""
