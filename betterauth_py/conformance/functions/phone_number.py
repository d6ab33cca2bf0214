"""Functions in the profiles of the phone-number plugin; ``functions/phone-number.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import betterauth_py
from betterauth_py.conformance.collected_mails import MailCollector


async def _refuse_to_text(data: dict[str, Any], _: Any) -> None:
    if data["phone_number"].endswith("13"):
        raise betterauth_py.APIError(400, {"message": "Unlucky", "code": "KEPT"})
    raise RuntimeError("the provider is down")


async def _is_nine_nine_nine(data: dict[str, Any], _: Any) -> bool:
    return bool(data["code"] == "999999" and data["phone_number"].startswith("+"))


async def _begins_with_plus(number: str) -> bool:
    return number.startswith("+")


def functions(mails: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""

    def text(kind: str) -> Callable[..., Any]:
        async def send(data: dict[str, Any], ctx: Any) -> None:
            mails.append({"kind": kind, "to": data["phone_number"], "code": data["code"], "path": ctx.path})

        return send

    async def was_verified(data: dict[str, Any], _: Any) -> None:
        user, number = data["user"], data["phone_number"]
        mails.append({"kind": "verified", "to": number, "name": user["name"], "verified": user["phoneNumberVerified"]})
        if number.endswith("66"):
            raise betterauth_py.APIError(403, {"message": "Not this one", "code": "KEPT"})

    return {
        "textCode": text("code"),
        "textResetCode": text("reset-code"),
        "refuseToText": _refuse_to_text,
        "isNineNineNine": _is_nine_nine_nine,
        "phoneWasVerified": was_verified,
        "emailOfPhone": lambda number: f"P{number.replace('+', '', 1)}@Phone.example.com",
        "nameOfPhone": lambda number: f"Owner of {number}",
        "beginsWithPlus": _begins_with_plus,
    }
