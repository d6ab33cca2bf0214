"""Public keys of better-auth's jwt plugin (RFC 7517), each bound to its one algorithm."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from betterauth_py.crypto.compact import Signed, read_object, take_apart_signed
from betterauth_py.crypto.signing import decode_base64
from betterauth_py.javascript.values import own_copy

# The algorithms, each with the one kind of key it is used with (RFC 7518, RFC 8037).
KIND_OF: Final = {
    "EdDSA": ("OKP", "Ed25519"),
    "ES256": ("EC", "P-256"),
    "ES512": ("EC", "P-521"),
    "RS256": ("RSA", None),
    "PS256": ("RSA", None),
    "RS384": ("RSA", None),
    "RS512": ("RSA", None),
    "PS384": ("RSA", None),
    "PS512": ("RSA", None),
    "ES384": ("EC", "P-384"),
}
KEY_CLASSES: Final[dict[str, Any]] = {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}
SHORTEST_RSA_BITS: Final = 2048
_MOST_REMEMBERED: Final = 1_000
_LONGEST_REMEMBERED: Final = 4_096
ALGORITHMS: Final = ("EdDSA", "ES256", "ES512", "RS256", "PS256")
"""Those of better-auth's jwt plugin."""
ALL_ALGORITHMS: Final = tuple(KIND_OF)
"""Those that an identity provider may sign with."""


class Key:
    """A public key, bound to its algorithm."""

    def __init__(self, jwk: OKPKey | ECKey | RSAKey, algorithm: str) -> None:
        """Use `jwk` with `algorithm` only."""
        self._jwk = jwk
        self._algorithm = algorithm
        self._verify = JWSRegistry.algorithms[algorithm].verify
        # A client sends its token again and again; what is in it never changes. What was remembered goes with the key.
        self._remembered = lru_cache(_MOST_REMEMBERED)(self._claims)

    def claims(self, token: str) -> dict[str, Any] | None:
        """Return what this key has signed, or None; whether it is still good is for the caller to judge."""
        claims = self._remembered(token) if len(token) <= _LONGEST_REMEMBERED else self._claims(token)
        try:
            return None if claims is None else own_copy(claims)
        except RecursionError:
            return None

    def _claims(self, token: str) -> dict[str, Any] | None:
        try:
            return self.verified_claims(take_apart_signed(token))
        except ValueError:
            return None

    def verified_claims(self, token: Signed) -> dict[str, Any] | None:
        """Return what this key has signed, or None; nothing is remembered, for tokens that come once."""
        try:
            # Whatever a token's header says, a key knows its own algorithm only.
            if token.header.get("alg") != self._algorithm:
                return None
            if not self._verify(token.text, token.signature, self._jwk):
                return None
            return read_object(token.payload)
        except (JoseError, ValueError):
            return None


def read_key(jwk: Any, algorithms: tuple[str, ...]) -> Key | None:
    """Return a public key of the set, or None if it is no good for any of the algorithms."""
    if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str) or not _may_verify(jwk):
        return None
    algorithm = jwk.get("alg")
    if algorithm not in algorithms or not isinstance(algorithm, str):
        return None
    kind, curve = KIND_OF[algorithm]
    if jwk.get("kty") != kind or (curve is not None and jwk.get("crv") != curve):
        return None
    public = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    try:
        if kind == "RSA" and int.from_bytes(decode_base64(public["n"])).bit_length() < SHORTEST_RSA_BITS:
            return None
        key = KEY_CLASSES[kind].import_key(public)
        # Reading the key is the costly part; do it once, here.
        key.get_op_key("verify")
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return Key(key, algorithm)


def _may_verify(jwk: dict[str, Any]) -> bool:
    """Return whether a key is one for signatures (RFC 7517, 4.2 and 4.3), and only the public half of it."""
    return (
        jwk.get("use", "sig") == "sig"
        and jwk.get("key_ops", ["verify"]) == ["verify"]
        and isinstance(jwk.get("ext", True), bool)
        and not {"d", "priv"} & jwk.keys()
    )
