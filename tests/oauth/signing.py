"""ID tokens of a provider that exists in tests only: always the same key, so that tokens are always the same."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry

from betterauth_py.crypto.signing import encode_base64url

KID = "key-1"
KEYS: dict[str, Any] = json.loads(Path(__file__).with_name("keys.json").read_text(encoding="utf-8"))


def public_keys() -> list[dict[str, Any]]:
    """Return what the provider publishes."""
    jwk = KEYS["signing"]
    return [{**{name: jwk[name] for name in ("kty", "n", "e")}, "kid": KID, "alg": "RS256", "use": "sig"}]


def sign(claims: Any, *, header: dict[str, Any] | None = None, key: str = "signing") -> str:
    """Return the claims as a signed token, by the provider's key or by another one."""
    whole = {"alg": "RS256", "kid": KID, **(header or {})}
    algorithm = whole["alg"]
    parts = [{name: value for name, value in whole.items() if value is not None}, claims]
    text = ".".join(encode_base64url(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    if algorithm == "none":
        return f"{text}."
    signed = JWSRegistry.algorithms[algorithm if algorithm.startswith("RS") else "RS256"].sign(text.encode(), _key(key))
    return f"{text}.{encode_base64url(signed)}"


@cache
def _key(name: str) -> RSAKey:
    return RSAKey.import_key(KEYS[name])
