"""ID tokens as a provider signs them, by fixed keys whose public halves the outside world of a scenario serves."""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from .sealed import b64url, compact_json, seal_jwt

KEY_ID = "outside"
_EXPONENT = 65537


def _key(p: int, q: int) -> rsa.RSAPrivateKey:
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()


# Made for these scenarios; nothing else trusts them.
_KEYS = {
    "own": (
        int(
            "e40142772fd337cfd64447ff02bf5ed0c7eecf5eb2a1aef3224f5ba54516c5810b4c9e2708fc988a8abe2eb8739d8fed3538"
            "4bd87a5e5c001041386c6d2a82f567be9a4c496a26374c96d5800c87118bae9c7405f4f1dbf70ae1b9087ecefc0013df4627"
            "eb2bc624f7468a8704c83c420b396d3d74f21cf012b608be51ac8f53",
            16,
        ),
        int(
            "b5667fb7b9d31b87d4e136c4d44e3daac34521dff36055160ac54022fcf346c73811146792033df88da81f84caf01b0bad60"
            "4d7602e99c3e7759ee5c2b3099a76e294fee056278816378879fa125be1f03a67b05a14dd795139de8205902f7db0b63a7f7"
            "8a14ece7a38086697fc78879905a3f1b75b183db67eefc3cacbf5973",
            16,
        ),
    ),
    "another": (
        int(
            "fe165aff85f59373cdf4cb6353f69068c4893575f47c47c1f649a169511888b0cea8f9f1da5ec6f881e548cda41c574532fe"
            "52996427e0c398464aa1120ba23a1a71482e62b3c1cf77ff2f800538bd026c51e276a70fed1dcd16418a9161ba3aabf7165f"
            "bc09de7a7fb7f5ffe78417b5dc10e490941521ca9d6f002268482f9d",
            16,
        ),
        int(
            "ca03d5e9c7e264ef36a1b868783359efb3791b9fab8436ef222d0f3677d06004db4289e5809d692bc064cfad52068be0ba6d"
            "23cedff961aa63167d0053f5e22316eca1fd9cf5097c9289d63527f8570d8dc5fa89eff82d52cacb4849a32efd037cae99b5"
            "b40e645ec9d29417b957dc537c56e81742faf793101fc20cc21cffbf",
            16,
        ),
    ),
}


def _number(value: int) -> str:
    return b64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


_P, _Q = _KEYS["own"]
PUBLIC_KEY = {"kty": "RSA", "n": _number(_P * _Q), "e": _number(_EXPONENT), "kid": KEY_ID, "alg": "RS256", "use": "sig"}
JWKS = compact_json({"keys": [PUBLIC_KEY]})


def own_key() -> rsa.RSAPrivateKey:
    """The private key of :data:`PUBLIC_KEY`."""
    return _key(*_KEYS["own"])


def id_token(claims: str, how: str = "") -> str:
    """The claims, a JSON object, as a token: RS256, or spoilt in one of these ways.

    ``by another`` signs with a key that is not published, ``unsigned`` has ``alg: none``, ``by hmac`` is HS256 with the
    public key as its secret, ``of key NAME`` names another key. ValueError for any other way.
    """
    payload: dict[str, Any] = json.loads(claims)
    header = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
    match how.split():
        case []:
            return _signed("own", header, payload)
        case ["by", "another"]:
            return _signed("another", header, payload)
        case ["of", "key", name]:
            return _signed("own", {**header, "kid": name}, payload)
        case ["unsigned"]:
            return _part({**header, "alg": "none"}) + "." + _part(payload) + "."
        case ["by", "hmac"]:
            return seal_jwt(PUBLIC_KEY["n"], {**header, "alg": "HS256"}, payload)
        case _:
            raise ValueError(f"no ID token is made {how!r}")


def _part(value: dict[str, Any]) -> str:
    return b64url(compact_json(value).encode())


def _signed(key: str, header: dict[str, Any], payload: dict[str, Any]) -> str:
    signed = f"{_part(header)}.{_part(payload)}"
    return f"{signed}.{b64url(_key(*_KEYS[key]).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"
