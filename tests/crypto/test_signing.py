"""HMAC-SHA256, as the standard library computes it in one go."""

from __future__ import annotations

import hmac

import pytest

from betterauth_py.crypto.signing import hmac_sha256


@pytest.mark.parametrize("length", [0, 1, 32, 63, 64, 65, 128, 1_000])
@pytest.mark.parametrize("message", ["", "token", "é" * 500])
def test_signatures_are_those_of_the_standard_library(length: int, message: str) -> None:
    secret = ("0123456789abcdefghijklmnopqrstuvwxyzé" * 30)[:length]
    expected = hmac.digest(secret.encode(), message.encode(), "sha256")
    # Twice: what was kept of the key is not used up.
    assert hmac_sha256(secret, message) == hmac_sha256(secret, message) == expected


def test_rfc_4231() -> None:
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert hmac_sha256("Jefe", "what do ya want for nothing?").hex() == expected
