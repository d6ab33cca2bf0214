"""Functions in the profiles of the email-otp plugin; ``contracts/oracle/functions/email-otp.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector

_CODES = {
    "sign-in": "111111",
    "email-verification": "222222",
    "forget-password": "333333",
    "change-email": "444444",
}


async def _failing(_: dict[str, Any], __: Any) -> None:
    raise RuntimeError("the mail server is down")


async def _hashed(code: str) -> str:
    return f"hashed:{code[::-1]}"


async def _encrypted(code: str) -> str:
    return f"sealed:{code[::-1]}"


async def _decrypted(stored: str) -> str:
    return stored.removeprefix("sealed:")[::-1]


def functions(mails: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""

    async def send(data: dict[str, Any], ctx: Any) -> None:
        kind = f"otp {data['type']}"
        mails.append({"kind": kind, "to": data["email"], "otp": data["otp"], "path": ctx.path if ctx else None})

    return {
        "sendVerificationOTP": send,
        "failingOTPMail": _failing,
        "codeByType": lambda data, _: None if data["email"].startswith("random") else _CODES[data["type"]],
        "hashedBackwards": _hashed,
        "encryptedBackwards": _encrypted,
        "decryptedBackwards": _decrypted,
    }
