"""Functions in profiles of the magic-link plugin; ``contracts/oracle/functions/magic-link.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.plugins import APIError


async def _token_of(email: str) -> str:
    return f"token of {email}"


async def _reversed(token: str) -> str:
    return token[::-1]


def functions(mails: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""

    async def send(data: dict[str, Any], ctx: Any) -> None:
        if data["email"].startswith("refused"):
            raise APIError(400, {"code": "NOT_THIS_ONE", "message": "Not this address"})
        if data["email"].startswith("broken"):
            raise RuntimeError("the mail server is down")
        told = {"url": data["url"], "token": data["token"], "metadata": data["metadata"], "path": ctx.path}
        mails.append({"kind": "magic-link", "to": data["email"], **told})

    return {"sendMagicLink": send, "tokenOfAddress": _token_of, "reversedToken": _reversed}
