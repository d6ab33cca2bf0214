"""Functions in the profiles of the one-time-token plugin; `one-time-token.mjs` of the oracle is the other half."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    made = count(1)

    async def counted_token(known: dict[str, Any], ctx: Any) -> str:
        user, session = known["user"], known["session"]
        is_own = "true" if session["userId"] == user["id"] else "false"
        return f"{user['name']}-{is_own}-{ctx.path}-{next(made)}"

    async def reversed_token(token: str) -> str:
        return token[::-1]

    return {"countedToken": counted_token, "reversed": reversed_token}
