"""Cookies: the two readers of better-auth 1.7.25 and its one writer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.crypto.signing import sign_base64, verify_base64
from betterauth_py.javascript.values import WHITE_SPACE, decode_uri_component, encode_uri_component

SECURE_PREFIX: Final = "__Secure-"
HOST_PREFIX: Final = "__Host-"
_SECURE_PREFIX: Final = SECURE_PREFIX.lower()
_HOST_PREFIX: Final = HOST_PREFIX.lower()
# RFC 6265bis, 5.5: no more than 400 days.
MAX_AGE_LIMIT: Final = 34_560_000

# RFC 7230, 3.2.6 (token) and RFC 6265, 4.1.1 (cookie-octet, plus space and comma).
_STRICT_NAME: Final = compile_pattern(r"[!#-'*+\-.0-9A-Z^_`a-z|~]+")
_STRICT_VALUE: Final = compile_pattern(r"[ !#-:<-\[\]-~]*")
_ATTRIBUTE: Final = compile_pattern(r"[ -:<-~]*")
_SIGNATURE_LENGTH: Final = 44
# Only this many are read. RFC 6265, 6.1 asks browsers for at least 50 per domain; they keep about 200.
_MOST_COOKIES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieAttributes:
    """The attributes of a `Set-Cookie` header; None leaves one out."""

    max_age: int | None = None
    domain: str | None = None
    path: str | None = "/"
    http_only: bool = True
    secure: bool = False
    same_site: str | None = "lax"
    partitioned: bool = False
    expires: datetime | None = None

    def with_max_age(self, max_age: int | None) -> CookieAttributes:
        """Return a copy that lives `max_age` seconds, or for the browser session if None."""
        return replace(self, max_age=max_age)

    def with_overrides(self, overrides: dict[str, Any]) -> CookieAttributes:
        """Return a copy in which `overrides` (attribute names in snake_case) win."""
        return replace(self, **overrides)


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie this server sets: its full name and attributes."""

    name: str
    attributes: CookieAttributes


def decode_leniently(value: str) -> str:
    """Decode like `decodeURIComponent`; return text that it refuses unchanged."""
    try:
        return decode_uri_component(value)
    except ValueError:
        return value


def is_cookie_name(name: str) -> bool:
    """Return whether a cookie can have this name: a token (RFC 9110, 5.6.2)."""
    return _STRICT_NAME.fullmatch(name) is not None


def is_cookie_attribute(value: str) -> bool:
    """Return whether a cookie's attribute can have this value: nothing in it ends the attribute (RFC 6265, 4.1.1)."""
    return _ATTRIBUTE.fullmatch(value) is not None


def parse_cookies(header: str) -> dict[str, str]:
    """Read a `Cookie` header as better-call does: the first of equal names wins, quotes and spaces are stripped."""
    cookies: dict[str, str] = {}
    for pair in header.split(";", _MOST_COOKIES)[:_MOST_COOKIES]:
        name, equals, value = pair.partition("=")
        name = name.strip(WHITE_SPACE)
        if not equals or name in cookies:
            continue
        value = value.strip(WHITE_SPACE)
        if value[:1] == '"':
            value = value[1:-1]
        cookies[name] = decode_leniently(value) if "%" in value else value
    return cookies


def parse_cookies_strictly(header: str) -> dict[str, str]:
    """Read a `Cookie` header as better-auth's own reader: malformed pairs are dropped, the last of equal names wins."""
    cookies: dict[str, str] = {}
    if len(header) < 2:
        return cookies
    for pair in header.split(";", _MOST_COOKIES)[:_MOST_COOKIES]:
        name, equals, value = pair.partition("=")
        if not equals:
            continue
        name, value = name.strip(" \t"), value.strip(" \t")
        if len(value) >= 2 and value[0] == value[-1] == '"':
            value = value[1:-1]
        if _STRICT_NAME.fullmatch(name) and _STRICT_VALUE.fullmatch(value):
            cookies[name] = decode_leniently(value) if "%" in value else value
    return cookies


def serialize_cookie(name: str, encoded_value: str, attributes: CookieAttributes) -> str:
    """Write a `Set-Cookie` value, attributes in better-call's order.

    The rules of browsers are enforced, because they drop a cookie that breaks them: `Secure` for `SameSite=None`,
    `Partitioned` and both prefixes, which are case-insensitive (RFC 6265bis, 4.1.3 and 5.7; CHIPS).
    """
    path, domain = attributes.path, attributes.domain
    secure = attributes.secure or attributes.partitioned or (attributes.same_site or "").lower() == "none"
    prefix = name[: len(SECURE_PREFIX)].lower()
    if prefix == _SECURE_PREFIX:
        secure = True
    elif prefix.startswith(_HOST_PREFIX):
        secure, path, domain = True, "/", None
    parts = [f"{name}={encoded_value}"]
    if attributes.max_age is not None and attributes.max_age >= 0:
        parts.append(f"Max-Age={attributes.max_age}")
    if domain:
        parts.append(f"Domain={domain}")
    if path:
        parts.append(f"Path={path}")
    if attributes.expires is not None:
        parts.append(f"Expires={format_datetime(attributes.expires.astimezone(UTC), usegmt=True)}")
    if attributes.http_only:
        parts.append("HttpOnly")
    if secure:
        parts.append("Secure")
    if attributes.same_site:
        parts.append(f"SameSite={attributes.same_site[:1].upper()}{attributes.same_site[1:]}")
    if attributes.partitioned:
        parts.append("Partitioned")
    return "; ".join(parts)


def set_cookie(name: str, value: str, attributes: CookieAttributes) -> str:
    """Write a `Set-Cookie` value for an unsigned cookie."""
    return serialize_cookie(name, encode_uri_component(value), attributes)


def set_signed_cookie(name: str, value: str, secret: str, attributes: CookieAttributes) -> str:
    """Write a `Set-Cookie` value signed as `value.base64(HMAC-SHA256(secret, value))`."""
    return serialize_cookie(name, encode_uri_component(f"{value}.{sign_base64(secret, value)}"), attributes)


def read_signed_value(value: str | None, secret: str) -> str | None:
    """Return the value inside a signed cookie's (already decoded) value, or None if the signature is invalid."""
    if not value:
        return None
    dot = value.rfind(".")
    if dot < 1:
        return None
    signature = value[dot + 1 :]
    if len(signature) != _SIGNATURE_LENGTH or signature[-1] != "=":
        return None
    signed = value[:dot]
    return signed if verify_base64(secret, signed, signature) else None
