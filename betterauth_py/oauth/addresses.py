"""Which texts of providers count as e-mail addresses."""

from __future__ import annotations

from typing import Final
from unicodedata import category

# Controls, invisible characters, half surrogate pairs and blanks: what breaks a mail's header, or hides.
_STRANGE: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_SEVERAL: Final = frozenset(',;<>"')
_LONGEST: Final = 320
"""Characters: 64, an @ and 255 (RFC 5321, 4.5.3.1)."""


def is_one_address(text: str) -> bool:
    """Return whether `text` can be the address of one user, and of nobody else when it is written in small letters.

    Addresses are compared so. The Kelvin sign (U+212A) becomes a `k` then: whoever has such an address at a provider
    would be the user with the letter. It need have no @: better-auth 1.7.25 takes what providers call an address.
    """
    if len(text) > _LONGEST or text.count("@") > 1:
        return False
    return not any(char in _SEVERAL or category(char) in _STRANGE or _changes_by_case(char) for char in text)


def _changes_by_case(char: str) -> bool:
    small = char.lower()
    return small != char and small.upper() != char
