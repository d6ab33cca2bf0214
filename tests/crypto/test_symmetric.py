"""Texts encrypted under the secret: better-auth's read by us, ours read by better-auth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterauth_py.crypto.secrets import SecretConfig, resolve_secrets
from betterauth_py.crypto.symmetric import UndecryptableError, decrypt, encrypt
from tests.crypto.reference import read_by_reference, vectors

SECRET, OLD_SECRET = vectors()["secret"], vectors()["oldSecret"]
SINGLE = SecretConfig(SECRET)
VERSIONS = SecretConfig(SECRET, (OLD_SECRET,), {2: SECRET, 1: OLD_SECRET}, 2)
SEALED = vectors()["sealed"]


def test_what_better_auth_encrypted_is_decrypted() -> None:
    assert decrypt(SEALED["single"], SINGLE) == SEALED["plain"]
    assert decrypt(SEALED["empty"], SINGLE) == ""
    for name in ("version2", "version1"):
        assert decrypt(SEALED[name], VERSIONS) == SEALED["plain"]
    # From before there were versions: the single secret of then.
    assert decrypt(SEALED["old"], VERSIONS) == SEALED["plain"]


def test_after_the_first_rotation_every_version_may_be_the_single_secret_of_before() -> None:
    before, _ = resolve_secrets(OLD_SECRET, [], in_production=True)
    after, _ = resolve_secrets(None, [(2, SECRET), (1, OLD_SECRET)], in_production=True)
    assert decrypt(encrypt("a private key", before), after) == "a private key"
    assert decrypt(SEALED["single"], VERSIONS) == SEALED["plain"]


def test_better_auth_decrypts_what_we_encrypt() -> None:
    texts = ["", "a", SEALED["plain"], "x" * 5000]
    sealed = [encrypt(text, secrets) for text in texts for secrets in (SINGLE, VERSIONS)]
    assert read_by_reference({"sealed": sealed})["sealed"] == [text for text in texts for _ in range(2)]
    assert [text.startswith("$ba$2$") for text in sealed] == [False, True] * len(texts)


@pytest.mark.parametrize(
    ("sealed", "secrets"),
    [
        (SEALED["old"], SINGLE),
        (SEALED["version2"], SINGLE),
        (SEALED["old"], SecretConfig(SECRET, (), {2: SECRET}, 2)),
        (SEALED["version1"], SecretConfig(SECRET, (), {2: SECRET}, 2)),
        (SEALED["version2"].replace("$2$", "$x$"), VERSIONS),
        (SEALED["version2"].replace("$2$", "$-2$"), VERSIONS),
        ("$ba$2", VERSIONS),
        ("", SINGLE),
        ("00", SINGLE),
        ("00" * 24, SINGLE),
        ("not hexadecimal", SINGLE),
        (SEALED["single"][:-2], SINGLE),
        (SEALED["single"][2:], SINGLE),
    ],
)
def test_anything_else_is_refused(sealed: str, secrets: SecretConfig) -> None:
    with pytest.raises(UndecryptableError):
        decrypt(sealed, secrets)


@given(st.integers(0, len(SEALED["single"]) - 1))
def test_no_character_may_be_changed(position: int) -> None:
    digit = SEALED["single"][position]
    changed = SEALED["single"][:position] + ("0" if digit != "0" else "1") + SEALED["single"][position + 1 :]
    with pytest.raises(UndecryptableError):
        decrypt(changed, SINGLE)


def test_the_same_text_is_never_encrypted_the_same_way() -> None:
    assert len({encrypt("text", SINGLE) for _ in range(100)}) == 100


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert decrypt(encrypt(text, VERSIONS), VERSIONS) == text
