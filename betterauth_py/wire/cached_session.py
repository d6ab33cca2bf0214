"""What a cached session holds, and the reader of its compact form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from types import NoneType
from typing import Any, Final, Literal, NamedTuple, TypeGuard

from betterauth_py.crypto.signing import decode_base64, verify_base64url
from betterauth_py.wire.dates import revive, to_milliseconds, to_wire
from betterauth_py.wire.plain_json import parse, revive_dates, stringify_plainly

Strategy = Literal["compact", "jwt", "jwe"]
Row = dict[str, Any]

# What is authentic was written by JSON.stringify, so the plain parser reads it as JavaScript would.
_scan: Final = json.JSONDecoder().raw_decode
_START: Final = '{"session":'
_EXPIRY: Final = ',"expiresAt":'
_SESSION_ORDER: Final = (
    "id", "createdAt", "updatedAt", "userId", "expiresAt", "token", "ipAddress", "userAgent",
)  # fmt: skip
_USER_ORDER: Final = ("id", "createdAt", "updatedAt", "email", "emailVerified", "name", "image")
_CONTAINERS: Final = frozenset({dict, list})
_TEXT_OR_NULL: Final = (str, NoneType)
_SHORTEST_DATE: Final = 20
_WIRE_LENGTH: Final = 24
_DATES: Final = frozenset({"createdAt", "updatedAt", "expiresAt"})
_SIGNATURE: Final = ',"signature":"'


class CachedSession(NamedTuple):
    """A cached session that is authentic; whether it is still good is for the reader to decide."""

    session: Row
    user: Row
    version: str
    expires_at: float
    """Milliseconds since the epoch."""
    is_flat: bool = False
    """Whether no field is known to hold a list or an object, so that a plain copy of the rows is a whole one."""


def decode_compact(value: str, secret: str) -> CachedSession | None:
    """Return the cached session of a compact cookie if it is authentic and well formed, else None."""
    try:
        raw = decode_base64(value)
    except ValueError:
        return None
    opened = _open_as_written(raw, secret)
    if opened is not None:
        data, expires_at = opened
        rows = data.pop("session", None), data.pop("user", None), data
        if _are_as_written(rows):
            data["session"], data["user"], _ = rows
            return read_payload(data, expires_at, is_flat=True)
    opened = _open(raw, secret)
    return None if opened is None else read_payload(revive_dates(opened[0]), opened[1])


def _open_as_written(raw: bytes, secret: str) -> tuple[Row, float] | None:
    """Open an envelope that is spelled as better-auth writes it: what was signed stands in it, and is not rebuilt."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    split = text.rfind(_EXPIRY)
    digits, _, signature = text[split + len(_EXPIRY) :].partition(_SIGNATURE)
    if split == -1 or not text.startswith(_START) or not (digits.isascii() and digits.isdigit()):
        return None
    data = text[len(_START) : split]
    if not data.endswith("}") or not verify_base64url(secret, f"{data[:-1]}{_EXPIRY}{digits}}}", signature[:43]):
        return None
    if signature[43:] != '"}':
        return None
    parsed, end = _scan(data)
    return (parsed, int(digits)) if end == len(data) and isinstance(parsed, dict) else None


def _are_as_written(rows: tuple[Any, ...]) -> bool:
    try:
        return all(map(_revive_as_written, rows))
    except ValueError:
        # What stands where a date should is none.
        return False


def _revive_as_written(row: Any) -> bool:
    """Revive the dates of a flat row; False if it is none, or may be spelled otherwise than better-auth writes it.

    Raises:
        ValueError: if what should be a date is none.
    """
    if type(row) is not dict:
        return False
    for name, value in row.items():
        kind = type(value)
        if kind is str:
            if value[-1:] != "Z" or len(value) < _SHORTEST_DATE:
                continue
            if name in _DATES:
                if len(value) != _WIRE_LENGTH:
                    return False
                # A date of better-auth's own, in the form in which it writes dates.
                row[name] = datetime.fromisoformat(value)
                continue
            date = revive(value)
            if type(date) is datetime:
                if to_wire(date) != value:
                    return False
                row[name] = date
        elif kind in _CONTAINERS:
            return False
    return True


def _open(raw: bytes, secret: str) -> tuple[Row, float] | None:
    """Open an envelope however it is spelled, as better-auth does: by writing again what was signed."""
    try:
        envelope = parse(raw)
    except ValueError:
        return None
    if not isinstance(envelope, dict):
        return None
    data, expires_at, signature = envelope.get("session"), envelope.get("expiresAt"), envelope.get("signature")
    if not isinstance(data, dict) or not isinstance(signature, str) or not _is_number(expires_at):
        return None
    # Texts of date form become dates and are written as such before the signature is checked.
    signed = stringify_plainly({**revive_dates(data), "expiresAt": expires_at}).decode()
    return (data, expires_at) if verify_base64url(secret, signed, signature) else None


def read_payload(data: Mapping[str, Any], expires_at: float, *, is_flat: bool = False) -> CachedSession | None:
    """Return the cached session if it is well formed; dates have been revived."""
    session, user, version = data.get("session"), data.get("user"), data.get("version")
    if not isinstance(session, dict) or not isinstance(user, dict) or not _is_number(data.get("updatedAt")):
        return None
    if version is not None and not isinstance(version, str):
        return None
    if not _is_session(session) or not _is_user(user):
        return None
    email = user["email"].lower()
    if email != user["email"] or "emailVerified" not in user:
        user = {"emailVerified": False, **user, "email": email}
    if not isinstance(session["userId"], str):
        session = {**session, "userId": stringify_plainly(session["userId"]).decode()}
    return CachedSession(session, user, version or "1", expires_at, is_flat)


def _is_session(row: Row) -> bool:
    get = row.get
    return (
        isinstance(get("id"), str)
        and isinstance(get("token"), str)
        and get("userId") is not None
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


def in_the_references_order(cached: CachedSession) -> CachedSession:
    """Return the same with its fields in the order in which the reference answers a cached read."""
    return cached._replace(session=_ordered(cached.session, _SESSION_ORDER), user=_ordered(cached.user, _USER_ORDER))


def own_copy(row: Row) -> Row:
    """Return a copy for one caller, who may change it."""
    return {name: deepcopy(value) if type(value) in _CONTAINERS else value for name, value in row.items()}


def _ordered(row: Row, first: tuple[str, ...]) -> Row:
    known = {name: row[name] for name in first if name in row}
    return known | {name: value for name, value in row.items() if name not in known}


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_over(moment: datetime, now: int) -> bool:
    """Tell whether `moment` is before `now` (milliseconds)."""
    return to_milliseconds(moment) < now
