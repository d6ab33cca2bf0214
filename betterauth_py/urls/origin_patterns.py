"""Patterns of trusted origins: what they may be, and which hosts fit; needs no server part."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Final

from betterauth_py.urls.wildcards import has_wildcards, wildcard

DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
_SCHEME: Final = compile_pattern(r"[a-z][a-z0-9+.-]*")
# Links with these run scripts, or belong to no site.
_UNSAFE_SCHEMES: Final = frozenset({"about", "blob", "data", "file", "filesystem", "javascript", "vbscript"})
_UNUSABLE: Final = compile_pattern(r"[\s\u0000-\u0020\u007f-\u009f\\@#]")
_AUTHORITY: Final = compile_pattern(r"(\[[0-9a-f:.]+\]|[a-z0-9_*?.-]+)(?::([0-9*?]+))?")
_LABEL: Final = compile_pattern(r"[a-z0-9_*?-]+")
# Names that nobody can register (RFC 2606, RFC 6761, RFC 6762, ICANN's `.internal`), and usual ones of intranets.
_PRIVATE_NAMES: Final = frozenset(
    {"corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localhost", "private", "test"}
)
_ADDRESS_PATTERN: Final = compile_pattern(r"(?=.*[0-9])[0-9*?.]+")
_BYTE: Final = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9][0-9]|[0-9])"
_IPV4: Final = compile_pattern(rf"{_BYTE}(?:\.{_BYTE}){{3}}")


class OriginPatternError(ValueError):
    """A pattern is no origin, or trusts strangers; `str()` continues a sentence that begins with it."""


def matches_authority(authority: str, pattern: str) -> bool:
    """Return whether a host, with its port, fits a pattern with wildcards.

    A pattern of digits (`192.168.*.*`) stands for IPv4 addresses only, never for the name `192.168.evil.test`, as in
    better-auth 1.7.25.
    """
    return wildcard(pattern).fullmatch(authority) is not None and is_allowed_address(authority, pattern)


def is_allowed_address(authority: str, pattern: str) -> bool:
    """Return whether a host that fits a pattern is an address where the pattern stands for addresses."""
    if not _ADDRESS_PATTERN.fullmatch(pattern.partition(":")[0]):
        return True
    return _IPV4.fullmatch(authority.partition(":")[0]) is not None


def check_app_scheme(scheme: str) -> str:
    """Return an app's scheme in lower case.

    Raises:
        OriginPatternError: if it is none, or one whose links run scripts.
    """
    scheme = scheme.lower()
    if not _SCHEME.fullmatch(scheme) or scheme in DEFAULT_PORTS:
        raise OriginPatternError("is not an origin. Write for example https://app.example.com")
    if scheme in _UNSAFE_SCHEMES:
        raise OriginPatternError(f"trusts {scheme}: links, which belong to no site. Leave it out")
    return scheme


def check_wildcard(pattern: str) -> str:
    """Return a pattern with wildcards as it will match: in lower case, without a trailing slash or default port.

    Raises:
        OriginPatternError: if it can match nothing, or matches names that anybody can register.
    """
    scheme, mark, rest = pattern.partition("://")
    if not mark:
        scheme, rest = "", pattern
    if _UNUSABLE.search(pattern):
        raise OriginPatternError("is not an origin. Write for example https://*.example.com")
    if scheme and not any(wildcard(scheme.lower()).fullmatch(web) for web in DEFAULT_PORTS):
        authority, slash, path = rest.partition("/")
        return f"{check_app_scheme(scheme)}://{authority.lower()}{slash}{path}"
    authority, _, path = rest.partition("/")
    if path:
        raise OriginPatternError(f"is not an origin: an origin has no path. Write {scheme}{mark}{authority}")
    found = _AUTHORITY.fullmatch(authority.lower())
    if found is None:
        raise OriginPatternError("is not an origin. Write for example https://*.example.com")
    host, port = found.groups()
    _refuse_strangers(host)
    if port is not None and port != DEFAULT_PORTS.get(scheme.lower()):
        host = f"{host}:{port}"
    return f"{scheme.lower()}{mark}{host}"


def _refuse_strangers(host: str) -> None:
    """Refuse a host whose wildcard reaches names that anybody can register."""
    if not has_wildcards(host):
        return
    labels = host.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise OriginPatternError("is not an origin. Write for example https://*.example.com")
    is_address = _ADDRESS_PATTERN.fullmatch(host) is not None
    if has_wildcards(labels[0] if is_address else labels[-1]):
        raise OriginPatternError("trusts every site. Name yours, as in https://*.example.com")
    if not is_address and labels[-1] not in _PRIVATE_NAMES and has_wildcards(labels[-2]):
        raise OriginPatternError(
            f"trusts every site of .{labels[-1]} that fits, and anybody can register one. "
            "Name yours, as in https://*.example.com"
        )
