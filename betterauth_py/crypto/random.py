"""Ids and tokens from the operating system's random source."""

from __future__ import annotations

from os import urandom
from secrets import choice
from string import ascii_letters, ascii_lowercase, digits
from typing import Final

_ALPHABET: Final = ascii_letters + digits
_LOWER_CASE: Final = ascii_lowercase + digits
# Bytes from here up would favour the first letters of the alphabet; they are thrown away.
_UNBIASED: Final = 256 - 256 % len(_ALPHABET)
_LETTER_OF_BYTE: Final = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) if byte < _UNBIASED else 0 for byte in range(256))
_REJECTED: Final = bytes(range(_UNBIASED, 256))


def generate_mailed_token(length: int = 32) -> str:
    """Return `length` random characters of a-z and 0-9: 5.17 bits each, as better-auth's mailed deletion tokens."""
    return "".join(choice(_LOWER_CASE) for _ in range(length))


def generate_letters(length: int = 32) -> str:
    """Return `length` random characters of a-z and A-Z: 5.7 bits each, as better-auth's magic links."""
    return "".join(choice(ascii_letters) for _ in range(length))


def generate_digits(length: int) -> str:
    """Return `length` random digits: 3.32 bits each, as better-auth's codes by mail and text message."""
    return "".join(choice(digits) for _ in range(length))


def generate_id(length: int = 32) -> str:
    """Return `length` random characters of a-z, A-Z, 0-9: 5.95 bits each, as better-auth's ids and session tokens."""
    letters = b""
    while len(letters) < length:
        letters += urandom(length + length // 4 + 4).translate(_LETTER_OF_BYTE, _REJECTED)
    return letters[:length].decode()
