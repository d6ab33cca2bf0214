"""Functions in the profiles of the username plugin; ``contracts/oracle/functions/username.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector


async def _at_most_eight(name: str) -> bool:
    return len(name) <= 8


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    return {
        "noAdministrator": lambda name: not name.lower().startswith("admin"),
        "atMostEight": _at_most_eight,
        "withoutDots": lambda name: name.replace(".", "").lower(),
        "trimmed": lambda name: name.strip(),
    }
