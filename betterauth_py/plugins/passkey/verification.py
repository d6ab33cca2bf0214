"""Verifies attestations and assertions (WebAuthn Level 3, 7.1 and 7.2), by the library `webauthn`.

Sizes and structure are checked before the library parses anything: what a stranger sends costs little.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.plugins.passkey.cbor import end_of_item, is_map
from betterauth_py.plugins.passkey.verified import VerifiedAuthentication, VerifiedRegistration
from betterauth_py.plugins.tools import (
    MissingExtraError,
    decode_base64,
    encode_base64url,
    is_ecdsa_signature,
    is_wrong_signature,
    logger,
)

try:
    from webauthn import verify_authentication_response, verify_registration_response
    from webauthn.helpers import (
        decode_credential_public_key,
        decoded_public_key_to_cryptography,
        parse_cbor,
        parse_client_data_json,
    )
    from webauthn.helpers.cose import COSECRV, COSEAlgorithmIdentifier
    from webauthn.helpers.decode_credential_public_key import DecodedEC2PublicKey, DecodedRSAPublicKey
    from webauthn.helpers.structs import CredentialDeviceType
except ModuleNotFoundError as missing:
    raise MissingExtraError("passkey", missing.name or "webauthn") from None

ALGORITHMS: Final = (
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
"""The algorithms that a new passkey may have, the preferred one first: what better-auth's options offer."""

# In characters of base64url. A credential id has at most 1023 bytes (WebAuthn Level 3, 4); attestations may hold
# chains of certificates.
_LONGEST_ID: Final = 1_364
_LONGEST: Final = {
    "clientDataJSON": 8_192, "attestationObject": 65_536, "authenticatorData": 4_096, "signature": 4_096,
}  # fmt: skip
# A key of RSA with 8192 bits.
_LONGEST_KEY: Final = 1_100
# Of RSA; everybody's is 65537. A long one costs as much as signing: 10 ms.
_LONGEST_EXPONENT: Final = 4
# What the column can hold.
_HIGHEST_COUNTER: Final = (1 << 31) - 1
_BASE64URL: Final = compile_pattern(r"[A-Za-z0-9_-]+=*")
# Authenticator data: 32 bytes of the RP ID's hash, flags, 4 of the counter; then 16 of the AAGUID, 2 of the length of
# the id, the id, the key (WebAuthn Level 3, 6.1).
_FLAGS, _COUNTER, _FIXED, _ID_LENGTH, _ID = 32, 33, 37, 53, 55
_HAS_CREDENTIAL, _HAS_EXTENSIONS = 0x40, 0x80
# What Firefox 117 sends of an EdDSA key: the library takes the map of 3 for one of 4.
_WRONG_EDDSA: Final = bytes.fromhex("a301634f4b500327206745643235353139")
_BITS: Final = {int(COSECRV.P256): 256, int(COSECRV.P384): 384, int(COSECRV.P521): 528}
_DEVICE_TYPES: Final = {
    CredentialDeviceType.SINGLE_DEVICE: "singleDevice",
    CredentialDeviceType.MULTI_DEVICE: "multiDevice",
}


class ResponseRefusedError(Exception):
    """The response of an authenticator does not prove what it should."""


class WrongSignatureError(ResponseRefusedError):
    """Everything is right except the signature."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a response must be for."""

    challenge: str
    """The challenge, in base64url."""
    origin: str | list[str]
    """The origins of the pages that it may come from."""
    rp_id: str
    """The RP ID."""
    user_verification: bool
    """Whether the authenticator must have verified the user."""


def verify_registration(response: Any, expected: Expected, context: str | None) -> VerifiedRegistration:
    """Verify a response to registration options.

    Raises:
        ResponseRefusedError: if it proves no new passkey.
    """
    with _refusing("registration"):
        credential = _read(response, "clientDataJSON", "attestationObject")
        attestation = decode_base64(credential["response"]["attestationObject"])
        _check_attestation(attestation)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=decode_base64(expected.challenge),
            expected_rp_id=expected.rp_id,
            expected_origin=expected.origin,
            require_user_verification=expected.user_verification,
            supported_pub_key_algs=list(ALGORITHMS),
        )
        _check_key(verified.credential_public_key)
        return VerifiedRegistration(
            credential_id=encode_base64url(verified.credential_id),
            public_key=verified.credential_public_key,
            counter=verified.sign_count,
            aaguid=verified.aaguid,
            fmt=str(verified.fmt),
            device_type=_DEVICE_TYPES[verified.credential_device_type],
            backed_up=verified.credential_backed_up,
            user_verified=verified.user_verified,
            origin=_origin_of(credential),
            context=context,
            client_data=response,
            attestation_object=attestation,
        )


def verify_authentication(
    response: Mapping[str, Any], expected: Expected, public_key: str, counter: int
) -> VerifiedAuthentication:
    """Verify a response to authentication options by the stored key and counter of the passkey.

    Raises:
        WrongSignatureError: if the key has not signed it.
        ResponseRefusedError: if something else is wrong.
    """
    with _refusing("sign-in"):
        credential = _read(response, "clientDataJSON", "authenticatorData", "signature")
        _check_authenticator_data(decode_base64(credential["response"]["authenticatorData"]))
        key = decode_base64(public_key)
        _check_signature(key, decode_base64(credential["response"]["signature"]))
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=decode_base64(expected.challenge),
            expected_rp_id=expected.rp_id,
            expected_origin=expected.origin,
            credential_public_key=key,
            credential_current_sign_count=counter,
            require_user_verification=expected.user_verification,
        )
        return VerifiedAuthentication(
            credential_id=credential["id"],
            new_counter=verified.new_sign_count,
            device_type=_DEVICE_TYPES[verified.credential_device_type],
            backed_up=verified.credential_backed_up,
            user_verified=verified.user_verified,
            origin=_origin_of(credential),
            client_data=response,
        )


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # The library's parsers raise whatever they meet.
        logger.info("The %s with a passkey was refused: %s: %.200r", what, type(error).__name__, str(error))
        if is_wrong_signature(error.__context__):
            raise WrongSignatureError from None
        raise ResponseRefusedError from None


def _read(response: Any, *parts: str) -> dict[str, Any]:
    """Return what the library needs of a response, none of it longer than it may be.

    Raises:
        ValueError: if something is missing, too long or not in base64url.
    """
    if not isinstance(response, Mapping) or not isinstance(response.get("response"), Mapping):
        raise ValueError("no response")
    if not _is_base64url(response.get("id"), _LONGEST_ID) or response["id"] != response.get("rawId"):
        raise ValueError("no credential id, or another one in rawId")
    inner = response["response"]
    wrong = next((part for part in parts if not _is_base64url(inner.get(part), _LONGEST[part])), None)
    if wrong is not None:
        raise ValueError(f"{wrong} is missing, too long or not in base64url")
    if not isinstance(inner.get("userHandle") or "", str):
        raise ValueError("the user handle is no text")
    of_parts = {part: inner[part] for part in parts}
    return {"id": response["id"], "rawId": response["id"], "type": response.get("type"), "response": of_parts}


def _is_base64url(value: Any, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and _BASE64URL.fullmatch(value) is not None


def _check_attestation(attestation: bytes) -> None:
    """Check the structure of an attestation.

    Raises:
        ValueError: if it is not what an authenticator sends.
    """
    end_of_item(attestation)
    parts = parse_cbor(attestation)
    if parts["fmt"] == "none" and parts["attStmt"] != {}:
        raise ValueError("a statement without a format")
    _check_authenticator_data(parts["authData"])


def _check_authenticator_data(data: bytes) -> None:
    """Check the structure of what is in authenticator data, where the library will look for it.

    Raises:
        ValueError: if it is not what an authenticator sends.
    """
    position, flags = _FIXED, data[_FLAGS]
    if int.from_bytes(data[_COUNTER:_FIXED], "big") > _HIGHEST_COUNTER:
        raise ValueError("the counter is too high")
    if flags & _HAS_CREDENTIAL:
        position = _ID + int.from_bytes(data[_ID_LENGTH:_ID], "big")
        if position - _ID > _LONGEST_ID * 3 // 4:
            raise ValueError("the credential id is too long")
        if data.startswith(_WRONG_EDDSA, position):
            data = data[:position] + b"\xa4" + data[position + 1 :]
        if not is_map(data, position):
            raise ValueError("the public key is no map")
        end = end_of_item(data, position)
        if end - position > _LONGEST_KEY:
            raise ValueError("the public key is too long")
        position = end
    if flags & _HAS_EXTENSIONS:
        end_of_item(data, position)


def _check_key(public_key: bytes) -> None:
    """Check that a key can sign in, and that it costs little to verify its signatures.

    Raises:
        ValueError: if not.
    """
    key = decode_credential_public_key(public_key)
    decoded_public_key_to_cryptography(key)
    if isinstance(key, DecodedRSAPublicKey) and len(key.e) > _LONGEST_EXPONENT:
        raise ValueError("the exponent is too long")


def _check_signature(public_key: bytes, signature: bytes) -> None:
    """Check that a signature has the form of its key's.

    Raises:
        ValueError: if it has another.
    """
    key = decode_credential_public_key(public_key)
    if isinstance(key, DecodedEC2PublicKey) and not is_ecdsa_signature(signature, _BITS[key.crv]):
        raise ValueError("the signature is none")


def _origin_of(credential: Mapping[str, Any]) -> str:
    return parse_client_data_json(decode_base64(credential["response"]["clientDataJSON"])).origin
