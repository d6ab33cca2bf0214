"""Functions in profiles of the i18n plugin; ``contracts/oracle/functions/i18n.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.plugins import APIError


async def _locale(ctx: Any) -> Any:
    locale = ctx.headers.value("x-locale")
    if locale == "broken":
        raise RuntimeError("no locale to be had")
    return locale


def _refuse(ctx: Any) -> None:
    refusal = ctx.headers.value("x-refuse")
    if refusal == "code":
        raise APIError(403, {"code": "MINE", "message": "Mine", "more": 1}, {"x-mine": "1"})
    bodies: dict[str, dict[str, Any] | None] = {
        "message": {"message": "Mine"},
        "silent": {"code": "MINE"},
        "number": {"code": 7, "message": "Mine"},
        "empty": None,
    }
    if refusal in bodies:
        raise APIError(403, bodies[refusal])


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    return {"localeOfHeader": _locale, "refusingHook": _refuse}
