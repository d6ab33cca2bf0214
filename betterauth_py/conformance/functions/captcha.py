"""Functions in the profiles of the captcha plugin; ``contracts/oracle/functions/captcha.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector


async def _no_bot(_: Any) -> dict[str, Any]:
    return {"is_bot": False}


async def _verified_bot(_: Any) -> dict[str, Any]:
    return {"is_bot": True, "is_verified_bot": True, "verified_bot_name": "ours"}


async def _accepts_by_header(data: dict[str, Any]) -> bool:
    bot = data["request"].headers.get("x-bot")
    if bot == "break":
        raise RuntimeError("no verdict")
    return bool(data["verification"]["verified_bot_name"] == bot)


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    return {"isNoBot": _no_bot, "isVerifiedBot": _verified_bot, "acceptsBotByHeader": _accepts_by_header}
