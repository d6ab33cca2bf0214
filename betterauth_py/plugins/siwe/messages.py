"""Reading the messages that wallets sign (EIP-4361), as leniently as better-auth 1.7.25 does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from betterauth_py.plugins.siwe.addresses import is_address
from betterauth_py.plugins.tools import to_number, trim

# ECMA-262's white space and line ends, which Python's `\s` and `.` do not agree with.
_SPACE: Final = r"\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_WITHIN_A_LINE: Final = r"[^\n\r\u2028\u2029]"
_HEADER: Final = re.compile(
    rf"(?:[a-zA-Z][a-zA-Z0-9+.-]*://)?([^{_SPACE}]+) wants you to sign in with your Ethereum account:"
)
_FIELD: Final = re.compile(rf"([A-Za-z ]+): ({_WITHIN_A_LINE}*)")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://")
_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiweMessage:
    """What counts of a message; None is what it does not have."""

    domain: str | None = None
    address: str | None = None
    chain_id: int | None = None
    nonce: str | None = None
    expiration_time: str | None = None
    not_before: str | None = None


def parse_message(text: str) -> SiweMessage:
    """Read a message. Of several lines with the same name the last counts, whatever stands between."""
    lines = re.split(r"\r?\n", text)
    header = _HEADER.fullmatch(lines[0])
    address = trim(lines[1]) if len(lines) > 1 else ""
    fields: dict[str, str] = {}
    chain_id: int | None = None
    for line in lines:
        found = _FIELD.fullmatch(line)
        if found is None:
            continue
        name, value = found.groups()
        fields[name] = value
        if name == "Chain ID":
            number = to_number(value)
            # One that is no whole number counts as no line.
            chain_id = int(number) if float(number).is_integer() else chain_id
    return SiweMessage(
        domain=header[1] if header else None,
        address=address if is_address(address) else None,
        chain_id=chain_id,
        nonce=fields.get("Nonce"),
        expiration_time=fields.get("Expiration Time"),
        not_before=fields.get("Not Before"),
    )


def normalize_domain(domain: str) -> str:
    """Return a domain (RFC 3986's authority) for comparison: lower case, without scheme and path."""
    lower = trim(domain).lower()
    scheme = _SCHEME.match(lower)
    return (lower[scheme.end() :] if scheme else lower).partition("/")[0]


def read_time(text: str) -> int | None:
    """Return a time of a message in milliseconds since the epoch; None if it is no time of ISO 8601, as EIP-4361 asks.

    One without an offset is taken as UTC.
    """
    if not _TIME.fullmatch(text):
        return None
    try:
        time = datetime.fromisoformat(text)
        return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
