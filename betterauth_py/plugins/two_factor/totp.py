"""Time-based one-time passwords (RFC 6238) on HMAC-SHA-1 (RFC 4226), and their URIs for authenticator apps.

Written here because the contract leaves nothing to a library: a secret is the text itself, not base32 (pyotp decodes
it), and the URI is encoded as JavaScript encodes it. What remains is the dozen lines of RFC 4226, 5.3.
"""

from __future__ import annotations

import hmac
from base64 import b32decode, b32encode
from typing import Final

from betterauth_py.plugins.tools import encode_query, encode_uri_component

_IMPORTED: Final = "base32:"
# A code is accepted one period before and after its own, for clocks that differ (RFC 6238, 5.2).
_WINDOW: Final = 1


def key_of(secret: str) -> bytes:
    """Return the key that a stored secret stands for; secrets of other systems are stored as `base32:<secret>`.

    Raises:
        ValueError: if that is no base32.
    """
    if not secret.startswith(_IMPORTED):
        return secret.encode()
    digits = secret.removeprefix(_IMPORTED).upper().partition("=")[0]
    return b32decode(digits + "=" * (-len(digits) % 8))


def code_at(key: bytes, step: int, digits: int) -> str:
    """Return the code of a time step (RFC 4226, 5.3)."""
    mac = hmac.digest(key, step.to_bytes(8, "big"), "sha1")
    offset = mac[-1] & 0xF
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def step_at(milliseconds: int, period: int) -> int:
    """Return the time step of an instant, with steps of `period` seconds."""
    return milliseconds // (period * 1000)


def matching_step(key: bytes, code: str, step: int, digits: int) -> int | None:
    """Return the step whose code this is, `step` or one beside it; None if it is none's.

    Every code is compared in full, so that the time does not tell how much of one is right.
    """
    given, found = code.encode("utf-8", "surrogatepass"), None
    for near in range(step - _WINDOW, step + _WINDOW + 1):
        if hmac.compare_digest(code_at(key, near, digits).encode(), given):
            found = near
    return found


def uri_of(key: bytes, *, issuer: str, account: str, digits: int, period: int) -> str:
    """Return the URI that authenticator apps read from a QR code (Google Authenticator's Key Uri Format)."""
    query = {
        "secret": b32encode(key).decode().rstrip("="),
        "issuer": issuer,
        "digits": str(digits),
        "period": str(period),
    }
    label = f"{encode_uri_component(issuer)}:{encode_uri_component(account)}"
    return f"otpauth://totp/{label}?{encode_query(query)}"
