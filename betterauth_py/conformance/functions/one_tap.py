"""Functions in the profiles of the one-tap plugin; ``contracts/oracle/functions/one-tap.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector


def _map_profile(profile: dict[str, Any]) -> dict[str, Any]:
    changes: dict[str, dict[str, Any]] = {
        "Unmapped": {"email": None},
        "Mapped": {"name": "By a function", "emailVerified": "true"},
    }
    return changes.get(profile["name"], {})


async def _user_info(tokens: Any) -> dict[str, Any]:
    verified = len(tokens.id_token) > 9
    return {"user": {"id": "9", "name": "Told", "email": "Told@Example.com", "emailVerified": verified}, "data": {}}


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    return {"mapOneTapProfile": _map_profile, "oneTapUserInfo": _user_info}
