"""Functions in the profiles of the device-authorization plugin.

``contracts/oracle/functions/device-authorization.mjs`` is the other half.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py import APIError
from betterauth_py.conformance.collected_mails import MailCollector


async def _same_user_code() -> str:
    return "WORD-word"


async def _is_known_client(client_id: str) -> bool:
    return client_id == "tv"


async def _refuse_scope(client_id: str, scope: str | None) -> None:
    if scope == "admin":
        raise APIError(400, {"error": "invalid_scope", "error_description": f"No {scope} for {client_id}"})
    if scope == "secret":
        raise APIError(403, {"message": "No", "code": "NO"})
    if scope is None:
        raise RuntimeError("what nobody shall read")


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    return {
        "sameDeviceCode": lambda: "the-device-code",
        "sameUserCode": _same_user_code,
        "tooLongCode": lambda: "x" * 192,
        "longestCode": lambda: "é" * 191,
        "noCode": lambda: 7,
        "isKnownClient": _is_known_client,
        "isAnyClient": len,
        "refuseScope": _refuse_scope,
    }
