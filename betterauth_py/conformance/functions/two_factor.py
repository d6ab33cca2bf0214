"""Functions in the profiles of the two-factor plugin; ``contracts/oracle/functions/two-factor.mjs`` has the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector


async def _fail(_: dict[str, Any], __: Any) -> None:
    raise RuntimeError("the provider is down")


async def _hashed(code: str) -> str:
    return f"hashed {code[::-1]}"


async def _encrypted(text: str) -> str:
    return f"sealed {text[::-1]}"


async def _decrypted(stored: str) -> str:
    return stored.removeprefix("sealed ")[::-1]


def functions(mails: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""

    async def send(data: dict[str, Any], ctx: Any) -> None:
        mails.append({"kind": "two-factor", "to": data["user"]["email"], "otp": data["otp"], "path": ctx.path})

    return {
        "sendTwoFactorCode": send,
        "failToSendTwoFactorCode": _fail,
        "fixedBackupCodes": lambda: ["one", "two", "three"],
        "hashedSecondFactor": _hashed,
        "encryptedSecondFactor": _encrypted,
        "decryptedSecondFactor": _decrypted,
    }
