"""Names of fields as better-auth writes them."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Final

_UNDERSCORE: Final = compile_pattern(r"_([a-z0-9])")


def wire_name(name: str) -> str:
    """Return `email_verified` as `emailVerified`."""
    return _UNDERSCORE.sub(lambda match: match[1].upper(), name)
