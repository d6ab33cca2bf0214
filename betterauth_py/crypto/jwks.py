"""Public keys of better-auth's jwt plugin (RFC 7517), each bound to its one algorithm."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, Final, NoReturn

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from betterauth_py.crypto.signing import decode_base64, recoded
from betterauth_py.wire.cached_session import own_copy

# The algorithms of better-auth's jwt plugin, each with the one kind of key it is used with (RFC 7518, RFC 8037).
KIND_OF: Final = {
    "EdDSA": ("OKP", "Ed25519"),
    "ES256": ("EC", "P-256"),
    "ES512": ("EC", "P-521"),
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
}
KEY_CLASSES: Final[dict[str, Any]] = {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}
SHORTEST_RSA_BITS: Final = 2048
_MOST_REMEMBERED: Final = 1_000
_LONGEST_REMEMBERED: Final = 4_096
ALGORITHMS: Final = tuple(KIND_OF)


def _refuse(constant: str) -> NoReturn:
    # Not JSON, and a time that is none would never be over.
    raise ValueError(constant)


_decode: Final = json.JSONDecoder(parse_constant=_refuse).decode


class OneAlgorithm(JWSRegistry):
    """Knows the algorithm of one key and no other, whatever a token's header says."""

    def __init__(self, name: str) -> None:
        """Allow `name`; headers of a service's own are let pass, as jose does, but no unknown critical ones."""
        super().__init__(algorithms=[name], strict_check_header=False)
        self._name = name

    def get_alg(self, name: str) -> Any:
        """Return the algorithm if it is the one; without the library's warning that EdDSA got another name (RFC 9864).

        Raises:
            ValueError: if it is another one.
        """
        if name != self._name:
            raise ValueError("the token names another algorithm than its key")
        return self.algorithms[name]


class Key:
    """A public key, bound to its algorithm."""

    def __init__(self, jwk: OKPKey | ECKey | RSAKey, algorithm: str) -> None:
        """Use `jwk` with `algorithm` only."""
        self._jwk = jwk
        self._registry = OneAlgorithm(algorithm)
        # A client sends its token again and again; what is in it never changes. What was remembered goes with the key.
        self._remembered = lru_cache(_MOST_REMEMBERED)(self._claims)

    def claims(self, token: str) -> dict[str, Any] | None:
        """Return what this key has signed, or None; whether it is still good is for the caller to judge."""
        claims = self._remembered(token) if len(token) <= _LONGEST_REMEMBERED else self._claims(token)
        return None if claims is None else own_copy(claims)

    def _claims(self, token: str) -> dict[str, Any] | None:
        try:
            signed = jws.deserialize_compact(recoded(token, 2).encode(), self._jwk, registry=self._registry)
            claims = _decode(signed.payload.decode())
        except (JoseError, RecursionError, ValueError, TypeError, KeyError):
            return None
        return claims if isinstance(claims, dict) else None


def read_key(jwk: Any, algorithms: tuple[str, ...]) -> Key | None:
    """Return a public key of the set, or None if it is no good for any of the algorithms."""
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or jwk.get("use", "sig") != "sig":
        return None
    algorithm = jwk.get("alg")
    if algorithm not in algorithms or not isinstance(algorithm, str):
        return None
    kind, curve = KIND_OF[algorithm]
    if jwk.get("kty") != kind or (curve is not None and jwk.get("crv") != curve):
        return None
    public = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    try:
        if kind == "RSA" and len(decode_base64(public["n"])) * 8 < SHORTEST_RSA_BITS:
            return None
        key = KEY_CLASSES[kind].import_key(public)
        # Reading the key is the costly part; do it once, here.
        key.get_op_key("verify")
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Key(key, algorithm)
