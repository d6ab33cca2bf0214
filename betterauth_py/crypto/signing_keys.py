"""Key pairs that sign tokens, as better-auth's jwt plugin makes and keeps them: JWKs (RFC 7517) as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Literal, NamedTuple

from joserfc.errors import JoseError
from joserfc.jws import JWSRegistry
from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair

from betterauth_py.crypto.jwks import KEY_CLASSES, KIND_OF, SHORTEST_RSA_BITS
from betterauth_py.crypto.signing import decode_base64, encode_base64url
from betterauth_py.javascript.plain_json import InvalidJSONError, parse, stringify_plainly

Algorithm = Literal["EdDSA", "ES256", "ES512", "RS256", "PS256"]

# As Node exports them; nobody depends on the order, but a row then looks the same whoever made it.
_PUBLIC: Final = {"OKP": ("crv", "x", "kty"), "EC": ("kty", "x", "y", "crv"), "RSA": ("kty", "n", "e")}
_PRIVATE: Final = {
    "OKP": ("crv", "d", "x", "kty"),
    "EC": ("kty", "x", "y", "crv", "d"),
    "RSA": ("kty", "n", "e", "d", "p", "q", "dp", "dq", "qi"),
}


class KeyPair(NamedTuple):
    """A new key pair: both halves as JSON, and the curve where there is one."""

    public: str
    private: str
    curve: str | None


def generate_key_pair(algorithm: Algorithm, modulus_length: int = SHORTEST_RSA_BITS) -> KeyPair:
    """Return a new key pair for `algorithm`; `modulus_length` is the number of bits of an RSA key."""
    kind, curve = KIND_OF[algorithm]
    key: Any = KEY_CLASSES[kind].generate_key(modulus_length if kind == "RSA" else curve, private=True)
    jwk = key.as_dict(private=True)
    public, private = (
        stringify_plainly({name: jwk[name] for name in names[kind]}).decode() for names in (_PUBLIC, _PRIVATE)
    )
    return KeyPair(public, private, curve)


class SigningKey:
    """A private key, bound to its algorithm and its id."""

    def __init__(self, kid: str, algorithm: str, private: str) -> None:
        """Read the JWK in `private`.

        Raises:
            ValueError: if that is no private key for `algorithm`.
        """
        self.kid, self.algorithm = kid, algorithm
        self._header = encode_base64url(stringify_plainly({"alg": algorithm, "kid": kid}))
        kind, curve = KIND_OF.get(algorithm, ("", None))
        try:
            jwk = parse(private.encode())
            if jwk["kty"] != kind or (curve is not None and jwk["crv"] != curve):
                raise ValueError(algorithm)
            self._sign = _ed25519(jwk) if kind == "OKP" else _signature_of(KEY_CLASSES[kind].import_key(jwk), algorithm)
        except (InvalidJSONError, JoseError, ValueError, TypeError, KeyError):
            raise ValueError(f"no private key for {algorithm}") from None

    def sign(self, payload: bytes, header: Mapping[str, Any] | None = None) -> str:
        """Return `payload` as a signed token (RFC 7515, 7.1), with parameters in its header besides `alg` and `kid`."""
        head = self._header
        if header:
            head = encode_base64url(stringify_plainly({**header, "alg": self.algorithm, "kid": self.kid}))
        signed = f"{head}.{encode_base64url(payload)}"
        return f"{signed}.{encode_base64url(self._sign(signed.encode()))}"


def _ed25519(jwk: dict[str, Any]) -> Callable[[bytes], bytes]:
    """Return what signs with the key (RFC 8032): libsodium, in three quarters of OpenSSL's time."""
    public, private = crypto_sign_seed_keypair(decode_base64(jwk["d"]))
    if public != decode_base64(jwk["x"]):
        raise ValueError("two halves of different keys")
    return lambda data: crypto_sign(data, private)[:crypto_sign_BYTES]


def _signature_of(key: Any, algorithm: str) -> Callable[[bytes], bytes]:
    key.get_op_key("sign")
    return partial(JWSRegistry.algorithms[algorithm].sign, key=key)
