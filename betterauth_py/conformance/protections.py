"""Headers with which this server protects its answers, and better-auth leaves to its host.

They stand on nearly every answer, so they are named here once, with all they may say, instead of in every step. That
they are there is shown by tests/http/test_security_headers.py.
"""

from __future__ import annotations

import re
from typing import Final

_PAGE: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
_LINES: Final = re.compile(
    "|".join(
        (
            "header cache-control: no-store",
            f"header content-security-policy: (?:{re.escape(_PAGE)})?frame-ancestors 'none'",
            "header referrer-policy: same-origin",
            r"header strict-transport-security: max-age=31536000",
            "header x-content-type-options: nosniff",
        )
    )
)


def is_protection(place: str, text: str) -> bool:
    """Return whether this is a header that only protects."""
    return _LINES.fullmatch(f"{place}: {text}") is not None


def without_added_protections(theirs: str, ours: str) -> str:
    """Return a whole answer as text without the lines that protect it and that the other side does not have."""
    kept = set(theirs.splitlines())
    return "\n".join(line for line in ours.split("\n") if line in kept or _LINES.fullmatch(line) is None)
