"""Which strings of providers are accepted as e-mail addresses."""

from __future__ import annotations

from typing import Final
from unicodedata import category

# Control and invisible characters, lone surrogates and white space, which break a mail's header or hide.
_STRANGE: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_SEVERAL: Final = frozenset(',;<>"')
_LONGEST: Final = 320
"""Characters: 64, an @ and 255 (RFC 5321, 4.5.3.1)."""


def is_one_address(text: str) -> bool:
    """Return whether `text` can be the address of one user, and of no other after conversion to lower case.

    Addresses are compared in lower case, where the Kelvin sign (U+212A) becomes a `k`: its owner at a provider would be
    signed in as the user with the letter. An @ is not required: better-auth 1.7.25 accepts what providers call one.
    """
    if len(text) > _LONGEST or text.count("@") > 1:
        return False
    return not any(char in _SEVERAL or category(char) in _STRANGE or _changes_by_case(char) for char in text)


def _changes_by_case(char: str) -> bool:
    small = char.lower()
    return small != char and small.upper() != char
