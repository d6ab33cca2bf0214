"""Functions in profiles of the last-login-method plugin.

``contracts/oracle/functions/last-login-method.mjs`` is the other half.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector

_METHODS = {
    "/sign-in/username": "username",
    "/sign-in/email": "e-mail & password",
    "/get-session": "seen",
    "/sign-up/email": "",
}


async def _consent(ctx: Any, method: str) -> bool:
    consent = ctx.headers.value("x-consent")
    if consent == "broken":
        raise RuntimeError("no consent to be had")
    return bool(consent == method)


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    return {"methodOfPath": lambda ctx: _METHODS.get(ctx.path), "consentOfHeader": _consent}
