"""How tokens of providers are stored."""

from __future__ import annotations

import pytest

from betterauth_py.crypto.secrets import SecretConfig
from betterauth_py.crypto.symmetric import UndecryptableError, encrypt
from betterauth_py.oauth.token_storage import TokenStorage

SECRETS = SecretConfig("first-secret-first-secret-first-secret")
VERSIONED = SecretConfig("second", ("first",), {2: "second", 1: "first"}, 2)
PLAIN = TokenStorage(SECRETS, encrypts=False)


@pytest.mark.parametrize("secrets", [SECRETS, VERSIONED])
def test_an_encrypted_token_is_read_again(secrets: SecretConfig) -> None:
    storage = TokenStorage(secrets, encrypts=True)
    stored = storage.seal("gho_token")
    assert stored is not None
    assert "gho_token" not in stored
    assert stored.startswith("$ba$2$") == (secrets is VERSIONED)
    assert storage.unseal(stored) == "gho_token"


@pytest.mark.parametrize("token", ["gho_token", "abc", "", None])
def test_what_does_not_look_encrypted_is_from_before(token: str | None) -> None:
    assert TokenStorage(SECRETS, encrypts=True).unseal(token) == token
    assert PLAIN.seal(token) == PLAIN.unseal(token) == token


@pytest.mark.parametrize(
    "token",
    ["deadbeef", "$ba$7$00", encrypt("token", SecretConfig("another"))],
    ids=["hexadecimal", "version", "other"],
)
def test_what_looks_encrypted_and_is_not_is_no_token(token: str) -> None:
    with pytest.raises(UndecryptableError):
        TokenStorage(SECRETS, encrypts=True).unseal(token)
    assert PLAIN.unseal(token) == token


def test_nothing_stays_nothing() -> None:
    storage = TokenStorage(SECRETS, encrypts=True)
    assert storage.seal(None) is None
    assert storage.seal("") == ""
