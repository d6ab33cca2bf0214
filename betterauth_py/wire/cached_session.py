"""The cached session, and the reader of its compact form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from math import isfinite
from re import compile as compile_pattern
from types import NoneType
from typing import Any, Final, Literal, NamedTuple, TypeGuard

from betterauth_py.crypto.signing import decode_base64, verify_base64url
from betterauth_py.javascript.dates import from_wire, revive, to_milliseconds, to_wire
from betterauth_py.javascript.plain_json import parse, revive_dates, stringify_plainly
from betterauth_py.javascript.values import CONTAINERS

Strategy = Literal["compact", "jwt", "jwe"]
Row = dict[str, Any]

# Authentic text was written by JSON.stringify, so the plain parser reads it as JavaScript would.
_scan: Final = json.JSONDecoder().raw_decode
_SESSION_ORDER: Final = (
    "id", "createdAt", "updatedAt", "userId", "expiresAt", "token", "ipAddress", "userAgent",
)  # fmt: skip
_USER_ORDER: Final = ("id", "createdAt", "updatedAt", "email", "emailVerified", "name", "image")
_TEXT_OR_NULL: Final = (str, NoneType)
_DATES: Final = frozenset({"createdAt", "updatedAt", "expiresAt"})
_END: Final = compile_pattern(rb'}(,"expiresAt":([0-9]{13})),"signature":"([A-Za-z0-9_-]{43})"}')


class CachedSession(NamedTuple):
    """An authentic cached session; the caller decides whether it is still valid."""

    session: Row
    user: Row
    version: str
    expires_at: float
    """Milliseconds since the epoch."""
    is_flat: bool = False
    """Whether the rows are known to hold no list or object, so that a shallow copy of them is enough."""


def decode_compact(value: str, secret: str) -> CachedSession | None:
    """Return the cached session of a compact cookie if it is authentic and well formed, else None."""
    try:
        raw = decode_base64(value)
    except ValueError:
        return None
    written = _open_as_written(raw, secret)
    if written is not None:
        data, expires_at = written
        rows = _usual_rows(data)
        if rows is not None:
            return CachedSession(*rows, data["version"], expires_at, True)
        if _revive_as_written(data):
            return read_payload(data, expires_at, is_flat=True)
    try:
        opened = _open(raw, secret)
        return None if opened is None else read_payload(revive_dates(opened[0]), opened[1])
    except RecursionError:
        # Nested deeper than this process can parse.
        return None


def _open_as_written(raw: bytes, secret: str) -> tuple[Row, int] | None:
    """Open an envelope spelled as better-auth writes it: it contains the signed text, which need not be rebuilt."""
    end = _END.fullmatch(raw, len(raw) - 86)
    if end is None or raw[:11] != b'{"session":':
        return None
    expiry, digits, signature = end.groups()
    if not verify_base64url(secret, raw[11:-86] + expiry + b"}", signature.decode()):
        return None
    try:
        text = raw[11:-85].decode()
        data, length = _scan(text)
    except ValueError:
        return None
    return (data, int(digits)) if length == len(text) and type(data) is dict else None


def _usual_rows(data: Row) -> tuple[Row, Row] | None:
    """Return the session and user if all of better-auth's own fields are present with their usual types; else None.

    Nearly all rows have this form, and take a third of the time that the general check takes. Rebuilt in better-auth's
    order, they share the names of their fields, which saves a fifth of the cache's memory.
    """
    try:
        session, user, version = data["session"], data["user"], data["version"]
        own_session = {
            "id": (session_id := session["id"]),
            "createdAt": from_wire(session["createdAt"]),
            "updatedAt": from_wire(session["updatedAt"]),
            "userId": (user_id := session["userId"]),
            "expiresAt": from_wire(session["expiresAt"]),
            "token": (token := session["token"]),
            "ipAddress": (address := session["ipAddress"]),
            "userAgent": (agent := session["userAgent"]),
        }
        own_user = {
            "id": user["id"],
            "createdAt": from_wire(user["createdAt"]),
            "updatedAt": from_wire(user["updatedAt"]),
            "email": (email := user["email"]),
            "emailVerified": (is_verified := user["emailVerified"]),
            "name": (name := user["name"]),
            "image": (image := user["image"]),
        }
        nullable = "" if address is None else address, "" if agent is None else agent, "" if image is None else image
        # Raises a TypeError if one of them is not a string.
        texts = "\n".join((version, session_id, token, user_id, own_user["id"], email, name, *nullable, ""))
        # Only a string that ends in Z can be a date.
        if "Z\n" in texts or email != email.lower() or type(is_verified) is not bool:
            return None
        if not version or type(data["updatedAt"]) is not int or len(data) != 4:
            return None
        if len(session) == len(own_session) and len(user) == len(own_user):
            return own_session, own_user
        if _revive_row(session) and _revive_row(user):
            return _ordered(session, _SESSION_ORDER), _ordered(user, _USER_ORDER)
    except (KeyError, TypeError, ValueError):
        # A field is missing or has another type.
        return None
    return None


def _revive_as_written(data: Row) -> bool:
    """Revive the dates of flat rows; False if a row is missing or better-auth may spell it otherwise."""
    version = data.get("version", "")
    if type(version) is not str or version[-1:] == "Z" or type(data.get("updatedAt")) is not int or len(data) > 4:
        return False
    try:
        return _revive_row(data.get("session")) and _revive_row(data.get("user"))
    except ValueError:
        # A date field holds no date.
        return False


def _revive_row(row: Any) -> bool:
    """Revive the dates of a flat row; False if it is not flat, or better-auth may spell it otherwise.

    Raises:
        ValueError: if a date field holds no date.
    """
    if type(row) is not dict:
        return False
    for name, value in row.items():
        kind = type(value)
        if kind is str:
            if value[-1:] != "Z":
                continue
            if name in _DATES:
                row[name] = from_wire(value)
                continue
            date = revive(value)
            if type(date) is datetime:
                if to_wire(date) != value:
                    return False
                row[name] = date
        elif kind in CONTAINERS:
            return False
    return True


def _open(raw: bytes, secret: str) -> tuple[Row, float] | None:
    """Open an envelope in any spelling, as better-auth does: by serializing again what was signed."""
    try:
        envelope = parse(raw)
    except ValueError:
        return None
    if not isinstance(envelope, dict):
        return None
    data, expires_at, signature = envelope.get("session"), envelope.get("expiresAt"), envelope.get("signature")
    if not isinstance(data, dict) or not isinstance(signature, str) or not _is_number(expires_at):
        return None
    # Strings in date format become dates and are serialized as such before the signature is checked.
    signed = stringify_plainly({**revive_dates(data), "expiresAt": expires_at}).decode()
    return (data, expires_at) if verify_base64url(secret, signed, signature) else None


def read_payload(data: Mapping[str, Any], expires_at: float, *, is_flat: bool = False) -> CachedSession | None:
    """Return the cached session in better-auth's order of fields, if it is well formed; dates have been revived."""
    session, user, version = data.get("session"), data.get("user"), data.get("version", "")
    if not isinstance(session, dict) or not isinstance(user, dict) or not _is_number(data.get("updatedAt")):
        return None
    if not isinstance(version, str):
        return None
    if not _is_session(session) or not _is_user(user):
        return None
    email = user["email"].lower()
    if email != user["email"] or "emailVerified" not in user:
        user = {"emailVerified": False, **user, "email": email}
    if not isinstance(session["userId"], str):
        # A serial id. JavaScript would convert other types to strings as well, but none of them is an id.
        session = {**session, "userId": stringify_plainly(session["userId"]).decode()}
    return CachedSession(
        _ordered(session, _SESSION_ORDER), _ordered(user, _USER_ORDER), version or "1", expires_at, is_flat
    )


def _is_session(row: Row) -> bool:
    get = row.get
    return (
        isinstance(get("id"), str)
        and isinstance(get("token"), str)
        and isinstance(get("userId"), str | int | float)
        and isinstance(get("expiresAt"), datetime)
        and isinstance(get("createdAt"), datetime)
        and isinstance(get("updatedAt"), datetime)
        and isinstance(get("ipAddress"), _TEXT_OR_NULL)
        and isinstance(get("userAgent"), _TEXT_OR_NULL)
    )


def _is_user(row: Row) -> bool:
    get = row.get
    return (
        isinstance(get("id"), str)
        and isinstance(get("email"), str)
        and isinstance(get("name"), str)
        and isinstance(get("createdAt"), datetime)
        and isinstance(get("updatedAt"), datetime)
        and isinstance(get("emailVerified", False), bool)
        and isinstance(get("image"), _TEXT_OR_NULL)
    )


def _ordered(row: Row, first: tuple[str, ...]) -> Row:
    known = {name: row[name] for name in first if name in row}
    return known | {name: value for name, value in row.items() if name not in known}


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def is_expired(moment: datetime, now: int) -> bool:
    """Return whether `moment` is before `now` (milliseconds)."""
    return to_milliseconds(moment) < now
