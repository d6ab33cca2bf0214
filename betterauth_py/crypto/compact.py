"""Compact JWS and JWE (RFC 7515, 7.1; RFC 7516, 7.1) taken apart as jose 6 does it for better-auth 1.7.25.

Only what has these forms gets as far as a signature. Libraries differ in what they let pass (padding, white space,
headers they do not know), so the text is read here, and they do the cryptography.
"""

from __future__ import annotations

import hmac
from typing import Any, Final, NamedTuple

from betterauth_py.crypto.signing import decode_digits, encode_base64url, sign_base64url
from betterauth_py.javascript.plain_json import parse

Header = dict[str, Any]

# Deletes what the forgiving decoder of browsers skips (WHATWG Infra, forgiving-base64 decode), and turns base64url into
# what Python decodes.
_TO_PLAIN: Final = str.maketrans("-_", "+/", "\t\n\f\r ")
_HASH_OF: Final = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
_HS256_HEADER: Final = encode_base64url(b'{"alg":"HS256"}')


class Signed(NamedTuple):
    """A token whose signature has not been checked yet."""

    header: Header
    text: bytes
    """What was signed."""
    payload: bytes
    signature: bytes


class Encrypted(NamedTuple):
    """A token encrypted with A256CBC-HS512 under a shared key, not yet decrypted."""

    header: Header
    head: bytes
    """The header as it stands in the token: it is authenticated as well."""
    vector: bytes
    ciphertext: bytes
    tag: bytes


def sign(payload: bytes, secret: str) -> str:
    """Return `payload` signed with HS256 under `secret`."""
    text = f"{_HS256_HEADER}.{encode_base64url(payload)}"
    return f"{text}.{sign_base64url(secret, text)}"


def signed_payload(token: str, secret: str, algorithms: tuple[str, ...]) -> bytes | None:
    """Return what a token holds that was signed under `secret` with one of `algorithms`, or None."""
    try:
        header, text, payload, signature = take_apart_signed(token)
    except ValueError:
        return None
    algorithm = header.get("alg")
    if algorithm not in algorithms:
        return None
    expected = hmac.digest(secret.encode(), text, _HASH_OF[algorithm])
    return payload if hmac.compare_digest(expected, signature) else None


def take_apart_signed(token: str) -> Signed:
    """Take a JWS apart.

    Raises:
        ValueError: if it is none, or has a critical header that is not supported.
    """
    if token.count(".") != 2:
        raise ValueError("not three parts")
    head, payload, signature = token.split(".")
    header = _read_header(head)
    # RFC 7797: the payload may stand there as it is. Not in a JWT.
    if "crit" in header and (not _is_list_of(header["crit"], "b64") or header.get("b64") is not True):
        raise ValueError("an unknown critical header")
    return Signed(header, f"{head}.{payload}".encode(), decode_segment(payload), decode_segment(signature))


def take_apart_encrypted(token: str) -> Encrypted:
    """Take a JWE apart.

    Raises:
        ValueError: if it is none, of another algorithm, or has a critical header.
    """
    if token.count(".") != 4:
        raise ValueError("not five parts")
    head, key, vector, ciphertext, tag = token.split(".")
    header = _read_header(head)
    if header.get("alg") != "dir" or header.get("enc") != "A256CBC-HS512" or key:
        raise ValueError("another algorithm")
    if "crit" in header or header.get("zip", "DEF") != "DEF":
        raise ValueError("an unknown critical header or compression")
    parts = decode_segment(vector), decode_segment(ciphertext), decode_segment(tag)
    if len(parts[0]) != 16 or len(parts[2]) != 32:
        raise ValueError("a vector or tag of another length")
    return Encrypted(header, head.encode(), *parts)


def decode_segment(text: str) -> bytes:
    """Decode base64url: white space and unused bits do not matter, padding has to be whole if there is any.

    Raises:
        ValueError: if it is something else.
    """
    if "+" in text or "/" in text:
        raise ValueError("not base64url")
    digits = text.translate(_TO_PLAIN)
    if digits[-1:] == "=" and len(digits) % 4 == 0:
        digits = digits[:-1].removesuffix("=")
    if "=" in digits:
        raise ValueError("not base64url")
    return decode_digits(digits)


def read_object(text: bytes) -> dict[str, Any]:
    """Return the JSON object that `text` is, which has to be UTF-8.

    Raises:
        ValueError: if it is none.
    """
    if not text.isascii():
        text.decode()
    read = parse(text)
    if not isinstance(read, dict):
        raise ValueError("not an object")
    return read


def _read_header(segment: str) -> Header:
    return read_object(decode_segment(segment))


def _is_list_of(value: Any, name: str) -> bool:
    return isinstance(value, list) and bool(value) and all(one == name for one in value)
