"""Functions in the profiles of the siwe plugin; ``contracts/oracle/functions/siwe.mjs`` is the other half."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from betterauth_py import APIError
from betterauth_py.conformance.collected_mails import MailCollector
from betterauth_py.crypto.random import generate_id
from betterauth_py.plugins.siwe.signatures import verify_message


async def _nonce() -> str:
    return generate_id(32)


def _told(data: dict[str, Any]) -> str:
    head, payload, signature = (data["cacao"][part] for part in "hps")
    parts = [
        "told", len(data["message"]), data["address"], data["chain_id"], head["t"], payload["domain"], payload["aud"],
        len(payload["nonce"]), payload["iss"], payload["version"], signature["t"],
    ]  # fmt: skip
    return " ".join([*map(str, parts), str(len(signature["s"]) > 9).lower()])


async def _verify(data: dict[str, Any]) -> bool:
    if data["signature"] == "fails":
        raise RuntimeError("the chain does not answer")
    if data["signature"] == "refuses":
        raise APIError(403, {"message": "Not this wallet", "code": "KEPT"})
    return data["signature"] in ("good", _told(data))


async def _ens(data: dict[str, str]) -> dict[str, str | None] | None:
    address = data["wallet_address"]
    if address.endswith("d"):
        return {"name": "ada.eth", "avatar": "https://ens.example/ada.png"}
    return {"name": "only.eth"} if address.endswith("9") else None


def _named(data: dict[str, str]) -> dict[str, str | None]:
    names = {"a": "Nobody", "b": "Terse", "c": "Broken", "e": "Thrower"}
    return {"name": names.get(data["wallet_address"][-1].lower())}


def functions(_: MailCollector) -> dict[str, Callable[..., Any]]:
    """The table of names."""
    numbers = count(1)
    return {
        "siweCountedNonce": lambda: f"nonceNumber{next(numbers)}",
        "siweRecovered": verify_message,
        "siweNonce": _nonce,
        "siweShortNonce": lambda: "short",
        "siweVerify": _verify,
        "siweEns": _ens,
        "siweNamed": _named,
    }
