"""What an authenticator app shows (RFC 6238), made apart from the server's own code."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time


def totp(secret: str, steps: int = 0, digits: int = 6, period: int = 30) -> str:
    """The code of a base32 secret, so many steps from now."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = int(time.time()) // period + steps
    mac = hmac.new(key, counter.to_bytes(8, "big"), hashlib.sha1).digest()
    place = mac[19] & 15
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"
