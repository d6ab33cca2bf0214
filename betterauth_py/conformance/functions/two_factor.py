"""Functions in profiles of the two-factor plugin; ``contracts/oracle/functions/two-factor.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector


def functions(mails: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""

    async def send(data: dict[str, Any], ctx: Any) -> None:
        mails.append({"kind": "two-factor", "to": data["user"]["email"], "otp": data["otp"], "path": ctx.path})

    return {"sendTwoFactorCode": send}
