"""An authenticator of software, and the browser around it: attestations and assertions as data of a scenario.

``{{challenge|attested by laptop}}`` is the JSON of a new passkey (WebAuthn Level 3, 5.1.8), ``{{challenge|asserted by
laptop counter=1}}`` that of a sign-in. The keys follow from the names, so that both sides see the same ones. After the
name, words say what is different:

``alg=ES256`` (also ``ES512``, ``EdDSA``, ``RS256``, ``PS256``), ``fmt=none`` (``packed`` is a self attestation),
``origin=...``, ``type=...``, ``challenge=...`` and ``token_binding=...`` of the client data, ``rp=localhost``,
``flags=05`` (hexadecimal, without the bits of what follows), ``counter=0``, ``aaguid=...``,
``transports=internal,usb``, ``id=NAME`` (another's credential id), ``signed_by=NAME``, ``signature=...``,
``trailing=HEX``, and in CBOR ``key=HEX``, ``extensions=HEX``, ``statement=HEX``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from .id_tokens import own_key
from .sealed import b64url, compact_json, from_b64url

_UP_AND_UV = 0x05
_HAS_CREDENTIAL, _HAS_EXTENSIONS = 0x40, 0x80
_ALGORITHMS = {"ES256": -7, "EdDSA": -8, "ES512": -36, "PS256": -37, "RS256": -257}
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def attested(challenge: str, how: str) -> str:
    """What a browser sends of a new passkey, as JSON."""
    name, given = _read(how)
    client_data = _client_data("webauthn.create", challenge, given)
    alg = given.get("alg", "ES256")
    public = bytes.fromhex(given["key"]) if "key" in given else cbor(_cose(_key(name, alg), alg))
    credential_id = _credential_id(given.get("id", name))
    aaguid = bytes.fromhex(given.get("aaguid", "00" * 16).replace("-", ""))
    credential = aaguid + len(credential_id).to_bytes(2, "big") + credential_id + public
    data = _authenticator_data(given, credential)
    statement = cbor({})
    if given.get("fmt") == "packed":
        signature = _sign(given.get("signed_by", name), alg, data + _sha256(client_data))
        statement = cbor({"alg": _ALGORITHMS[alg], "sig": from_b64url(given.get("signature", b64url(signature)))})
    if "statement" in given:
        statement = bytes.fromhex(given["statement"])
    # The head of a map of three, whose last value is there as CBOR already.
    attestation = b"\xa3" + cbor("fmt") + cbor(given.get("fmt", "none"))
    attestation += cbor("attStmt") + statement + cbor("authData") + cbor(data)
    response: dict[str, Any] = {"clientDataJSON": b64url(client_data), "attestationObject": b64url(attestation)}
    if "transports" in given:
        response["transports"] = given["transports"].split(",")
    return _credential(credential_id, response)


def asserted(challenge: str, how: str) -> str:
    """What a browser sends of a sign-in, as JSON."""
    name, given = _read(how)
    client_data = _client_data("webauthn.get", challenge, given)
    data = _authenticator_data(given, b"")
    signer, alg = given.get("signed_by", name), given.get("alg", "ES256")
    signature = b64url(_sign(signer, alg, data + _sha256(client_data)))
    response = {
        "clientDataJSON": b64url(client_data),
        "authenticatorData": b64url(data),
        "signature": given.get("signature", signature),
        "userHandle": b64url(name.encode()),
    }
    return _credential(_credential_id(given.get("id", name)), response)


def credential_id_of(name: str) -> str:
    """The id of a passkey, in base64url."""
    return b64url(_credential_id(name))


def cbor(value: Any) -> bytes:
    """The value in CBOR's shortest form (RFC 8949): numbers, bytes, texts, lists and maps."""
    match value:
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case list():
            return _head(4, len(value)) + b"".join(map(cbor, value))
        case _:
            return _head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([kind << 5 | number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << (8 * size))
    return bytes([kind << 5 | 23 + size.bit_length()]) + number.to_bytes(size, "big")


def _read(how: str) -> tuple[str, dict[str, str]]:
    name, *words = how.split()
    pairs = (word.partition("=") for word in words)
    return name, {key: value for key, _, value in pairs}


def _client_data(kind: str, challenge: str, given: Mapping[str, str]) -> bytes:
    data = {
        "type": given.get("type", kind),
        "challenge": given.get("challenge", challenge),
        "origin": given.get("origin", "http://localhost:3000"),
        "crossOrigin": False,
    }
    if "token_binding" in given:
        data["tokenBinding"] = {"status": given["token_binding"]}
    return compact_json(data).encode()


def _authenticator_data(given: Mapping[str, str], credential: bytes) -> bytes:
    flags = int(given["flags"], 16) if "flags" in given else _UP_AND_UV
    extensions = bytes.fromhex(given.get("extensions", ""))
    flags |= (_HAS_CREDENTIAL if credential else 0) | (_HAS_EXTENSIONS if extensions else 0)
    head = _sha256(given.get("rp", "localhost").encode()) + bytes([flags])
    counter = int(given.get("counter", 0)).to_bytes(4, "big")
    return head + counter + credential + extensions + bytes.fromhex(given.get("trailing", ""))


def _credential(credential_id: bytes, response: Mapping[str, Any]) -> str:
    shown = b64url(credential_id)
    return compact_json({"id": shown, "rawId": shown, "response": response, "type": "public-key"})


def _credential_id(name: str) -> bytes:
    return _sha256(f"credential of {name}".encode())


def _key(name: str, alg: str) -> Key:
    seed = hashlib.sha512(f"key of {name}".encode()).digest()
    match alg:
        case "ES256":
            return ec.derive_private_key(int.from_bytes(seed[:31], "big"), ec.SECP256R1())
        case "ES512":
            return ec.derive_private_key(int.from_bytes(seed, "big"), ec.SECP521R1())
        case "EdDSA":
            return ed25519.Ed25519PrivateKey.from_private_bytes(seed[:32])
        case _:
            return own_key()


def _cose(key: Key, alg: str) -> dict[int, Any]:
    """The public key (RFC 9053, 7; RFC 8230, 4)."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        size, numbers = (key.key_size + 7) // 8, key.public_key().public_numbers()
        curve = {256: 1, 521: 3}[key.key_size]
        x, y = numbers.x.to_bytes(size, "big"), numbers.y.to_bytes(size, "big")
        return {1: 2, 3: _ALGORITHMS[alg], -1: curve, -2: x, -3: y}
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: _ALGORITHMS[alg], -1: 6, -2: key.public_key().public_bytes_raw()}
    modulus = key.public_key().public_numbers().n
    return {1: 3, 3: _ALGORITHMS[alg], -1: modulus.to_bytes(256, "big"), -2: b"\x01\x00\x01"}


def _sign(name: str, alg: str, data: bytes) -> bytes:
    key = _key(name, alg)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(data, ec.ECDSA(hashes.SHA512() if alg == "ES512" else hashes.SHA256()))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if alg == "PS256":
        return key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256().digest_size), hashes.SHA256())
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
