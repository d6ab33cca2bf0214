"""Functions in the profiles of the anonymous plugin; ``contracts/oracle/functions/anonymous.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py import APIError
from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.crypto.random import generate_id


async def _email() -> str:
    return f"{generate_id(32).lower()}@Guests.example.com"


async def _name(ctx: Any) -> str:
    return ctx.headers.get("x-name") or ""


def functions(mails: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""

    async def link(data: dict[str, Any], ctx: Any) -> None:
        anonymous, new = data["anonymous_user"], data["new_user"]
        mails.append(
            {
                "kind": "link-account",
                "path": ctx.path,
                "from": anonymous["user"]["id"],
                "anonymous": anonymous["user"]["isAnonymous"],
                "session": anonymous["session"]["token"],
                "to": new["user"]["id"],
                "email": new["user"]["email"],
                "isNew": new["user"]["isAnonymous"],
                "newSession": new["session"]["token"],
            }
        )
        if new["user"]["name"] == "Broken":
            raise RuntimeError("what is to be moved cannot be")
        if new["user"]["name"] == "Refused":
            raise APIError(409, {"message": "Not to be linked", "code": "KEPT"})

    return {
        "onLinkAccount": link,
        "anonymousEmail": _email,
        "sameAnonymousEmail": lambda: "guest@example.com",
        "noAnonymousEmail": lambda: "",
        "badAnonymousEmail": lambda: "guest at example.com",
        "anonymousName": _name,
    }
