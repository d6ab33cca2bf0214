"""The string formats that zod 4 recognizes."""

from __future__ import annotations

from re import ASCII
from re import compile as compile_pattern
from typing import Final

# zod 4's `z.email()` without its look-aheads, which are written out in `is_email`.
_EMAIL: Final = compile_pattern(
    r"(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}"
)
# RFC 9562: versions 1 to 8 of its variant, the nil and the max UUID, the last in lower case only.
_UUID: Final = compile_pattern(
    r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
    r"|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff",
    ASCII,
)


# RFC 5321, 4.5.3.1: 64 octets before the @, 255 after it.
_LONGEST_EMAIL: Final = 320


def is_email(text: str) -> bool:
    """Return whether zod 4's e-mail expression accepts `text` and RFC 5321 its length (zod has no limit)."""
    return len(text) <= _LONGEST_EMAIL and _EMAIL.fullmatch(text) is not None


def is_uuid(text: str) -> bool:
    """Return whether zod 4's UUID expression accepts `text`."""
    return _UUID.fullmatch(text) is not None
