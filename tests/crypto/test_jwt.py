"""Signed and encrypted tokens, exchanged with the reference."""

from __future__ import annotations

import hmac
import time
from base64 import urlsafe_b64decode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterauth_py.crypto.jwt import decrypt_jwt, encrypt_jwt, sign_jwt, verify_jwt
from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.signing import (
    hmac_sha256,
    sign_base64,
    sign_base64url,
    verify_base64,
    verify_base64url,
)
from tests.crypto.reference import read_by_reference, vectors

SECRET, OLD_SECRET, SALT, CLAIMS = (vectors()[name] for name in ("secret", "oldSecret", "salt", "claims"))
NOW: int = vectors()["now"]
SECRETS = SecretConfig(SECRET, (OLD_SECRET,))
Payload = dict[str, Any]


def without_times(claims: Payload | None) -> Payload | None:
    return claims and {name: value for name, value in claims.items() if name not in {"iat", "exp", "jti"}}


@pytest.mark.parametrize("case", vectors()["signatures"], ids=lambda case: repr(case["message"]))
def test_a_signature_is_the_references(case: dict[str, str]) -> None:
    assert sign_base64(SECRET, case["message"]) == case["base64"]
    assert verify_base64url(SECRET, case["message"], case["base64"])
    assert not verify_base64url(OLD_SECRET, case["message"], case["base64"])


@given(message=st.text(), junk=st.text(max_size=50))
def test_only_the_signature_itself_is_believed(message: str, junk: str) -> None:
    for sign, verify, length in ((sign_base64, verify_base64, 44), (sign_base64url, verify_base64url, 43)):
        signature = sign(SECRET, message)
        assert len(signature) == length
        assert verify(SECRET, message, signature)
        assert not verify(SECRET, message + "x", signature)
        assert not verify(OLD_SECRET, message, signature)
        assert not verify(SECRET, message, junk)
    assert len(hmac_sha256(SECRET, message)) == 32


@given(key=st.text(max_size=200), message=st.text())
def test_the_signature_is_hmac_as_the_standard_library_has_it(key: str, message: str) -> None:
    text = message.encode("utf-8", "replace")
    assert hmac_sha256(key, message) == hmac.digest(key.encode(), text, "sha256")


@pytest.mark.parametrize("name", ["token", "hs384"])
def test_tokens_signed_by_the_reference_are_read(name: str) -> None:
    assert without_times(verify_jwt(vectors()["signed"][name], SECRET, NOW)) == CLAIMS


@pytest.mark.parametrize("name", sorted(vectors()["refusedSigned"]))
def test_tokens_that_the_reference_refuses_are_refused(name: str) -> None:
    assert verify_jwt(vectors()["refusedSigned"][name], SECRET, NOW) is None


def test_a_signed_token_expires_at_its_second() -> None:
    token = sign_jwt({"a": 1}, SECRET, 10, NOW)
    assert verify_jwt(token, SECRET, NOW + 9) == {"a": 1, "iat": NOW, "exp": NOW + 10}
    assert verify_jwt(token, SECRET, NOW + 10) is None
    assert verify_jwt(vectors()["signed"]["expired"], SECRET, NOW) is None


@pytest.mark.parametrize("name", ["token", "old"])
def test_tokens_encrypted_by_the_reference_are_read_with_every_version_of_the_secret(name: str) -> None:
    assert without_times(decrypt_jwt(vectors()["encrypted"][name], SECRETS, SALT, NOW)) == CLAIMS


@pytest.mark.parametrize("name", ["foreign", "otherSalt", "expired"])
def test_encrypted_tokens_of_others_and_of_the_past_are_refused(name: str) -> None:
    assert decrypt_jwt(vectors()["encrypted"][name], SECRETS, SALT, NOW) is None


def test_another_kind_of_encryption_is_refused() -> None:
    assert decrypt_jwt(vectors()["wrongKind"], SECRETS, SALT, NOW) is None


def test_an_encrypted_token_has_fifteen_seconds_of_tolerance() -> None:
    token = encrypt_jwt({"a": 1}, SECRET, SALT, 10, NOW)
    assert without_times(decrypt_jwt(token, SECRETS, SALT, NOW + 24)) == {"a": 1}
    assert decrypt_jwt(token, SECRETS, SALT, NOW + 25) is None


@pytest.mark.slow
def test_the_reference_reads_our_tokens() -> None:
    now = int(time.time())
    made = {"signed": sign_jwt(CLAIMS, SECRET, 600, now), "encrypted": encrypt_jwt(CLAIMS, SECRET, SALT, 600, now)}
    read = read_by_reference(made)
    assert without_times(read["signed"]) == CLAIMS
    assert without_times(read["encrypted"]) == CLAIMS
    assert (read["encrypted"]["iat"], read["encrypted"]["exp"]) == (now, now + 600)


def test_an_encrypted_token_names_its_key_and_hides_its_claims() -> None:
    token = encrypt_jwt({"name": "Alice"}, SECRET, SALT, 10, NOW)
    header, key, *_ = token.split(".")
    expected, *_ = vectors()["encrypted"]["token"].split(".")
    assert urlsafe_b64decode(header + "==") == urlsafe_b64decode(expected + "==")
    assert key == ""
    assert b"Alice" not in b"".join(urlsafe_b64decode(part + "==") for part in token.split("."))


def flipped(token: str, position: int) -> str:
    position %= len(token)
    return token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]


@given(st.integers(0, 10_000))
def test_a_changed_letter_makes_a_token_worthless_or_means_the_same(position: int) -> None:
    signed, encrypted = vectors()["signed"]["token"], vectors()["encrypted"]["token"]
    assert without_times(verify_jwt(flipped(signed, position), SECRET, NOW)) in (None, CLAIMS)
    assert without_times(decrypt_jwt(flipped(encrypted, position), SECRETS, SALT, NOW)) in (None, CLAIMS)
    # Only the unused low bits of the last letter may differ.
    if position % len(signed) < len(signed) - 1:
        assert verify_jwt(flipped(signed, position), SECRET, NOW) is None


@given(st.text(max_size=200) | st.lists(st.text("abcXYZ019_-", max_size=20), max_size=6).map(".".join))
def test_garbage_is_no_token_and_does_no_harm(garbage: str) -> None:
    assert verify_jwt(garbage, SECRET, NOW) is None
    assert decrypt_jwt(garbage, SECRETS, SALT, NOW) is None
