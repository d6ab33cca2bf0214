"""libsodium's argon2id and the reference implementation's are one: each verifies what the other has made."""

from __future__ import annotations

from unittest.mock import patch

import argon2
import pytest

from betterauth_py.crypto.argon2id import Argon2id
from betterauth_py.options import Argon2Options

CHEAP = Argon2Options(time_cost=2, memory_cost=16)
REFERENCE = argon2.PasswordHasher(time_cost=2, memory_cost=16, parallelism=1, hash_len=32, salt_len=16)
PASSWORDS = ["password1234", "", "pässwörd \U0001f600", "x" * 128, "zero\0inside"]


def matches_by_reference(hash: str, password: str) -> bool:  # noqa: A002 - the field's word
    try:
        return REFERENCE.verify(hash, password)
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError, UnicodeEncodeError):
        return False


@pytest.mark.parametrize("password", PASSWORDS)
def test_each_verifies_what_the_other_has_made(password: str) -> None:
    ours = Argon2id(CHEAP)
    made, reference = ours.hash(password), REFERENCE.hash(password)
    assert argon2.extract_parameters(made) == argon2.extract_parameters(reference)
    assert [len(part) for part in made.split("$")] == [len(part) for part in reference.split("$")]
    for one in (made, reference):
        assert [ours.verify(one, password), matches_by_reference(one, password)] == [True, True]
        assert [ours.verify(one, f"{password}x"), matches_by_reference(one, f"{password}x")] == [False, False]
        assert not ours.needs_rehash(one)


@pytest.mark.parametrize("options", [Argon2Options(), CHEAP, Argon2Options(time_cost=1, memory_cost=8)])
def test_usual_hashes_are_libsodiums(options: Argon2Options) -> None:
    with (
        patch.object(argon2.PasswordHasher, "hash", side_effect=AssertionError),
        patch.object(argon2.PasswordHasher, "verify", side_effect=AssertionError),
    ):
        hasher = Argon2id(options)
        assert hasher.verify(hasher.hash("password1234"), "password1234")


@pytest.mark.parametrize(
    "options",
    [
        Argon2Options(time_cost=1, memory_cost=32, parallelism=2),
        Argon2Options(time_cost=1, memory_cost=16, salt_length=8),
        Argon2Options(time_cost=1, memory_cost=16, salt_length=32),
        Argon2Options(time_cost=1, memory_cost=16, hash_length=16),
        Argon2Options(time_cost=1, memory_cost=16, hash_length=64),
    ],
)
def test_unusual_hashes_are_the_reference_implementations(options: Argon2Options) -> None:
    with (
        patch("nacl.pwhash.argon2id.str", side_effect=AssertionError),
        patch("nacl.pwhash.argon2id.verify", side_effect=AssertionError),
    ):
        hasher = Argon2id(options)
        made = hasher.hash("password1234")
        assert hasher.verify(made, "password1234")
        assert not hasher.verify(made, "other")
        assert not hasher.needs_rehash(made)
    assert Argon2id(CHEAP).needs_rehash(made)


@pytest.mark.parametrize(
    "changed",
    [
        "$argon2id$v=19$m=16,t=2,p=1$",
        "$argon2id$v=19$m=16,t=2,p=1$!!$!!",
        "$argon2id$v=19$m=0,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g$",
        "$argon2id$v=16$m=16,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=99999999999,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        f"$argon2id$v=19$m=0,t=2,p=1${'A' * 22}${'A' * 43}",
        f"$argon2id$v=19$m=16,t=0,p=1${'A' * 22}${'A' * 43}",
        f"$argon2id$v=19$m=9999999999,t=2,p=1${'A' * 22}${'A' * 43}",
        f"$argon2id$v=19$m=16,t=2,p=1${'A' * 22}${'A' * 43}\n",
        f"$argon2id$v=19$m=16,t=2,p=1${'A' * 21}B${'A' * 42}B",
        "$argon2id$v=19$m=16,t=2,p=1$é$é",
        "$argon2id$",
    ],
)
def test_broken_hashes_match_nothing(changed: str) -> None:
    assert [Argon2id(CHEAP).verify(changed, "password1234"), matches_by_reference(changed, "password1234")] == [
        False,
        False,
    ]


def test_older_kinds_are_verified_and_replaced() -> None:
    older = argon2.PasswordHasher(time_cost=1, memory_cost=16, parallelism=1, type=argon2.Type.I).hash("password1234")
    assert Argon2id(CHEAP).verify(older, "password1234")
    assert Argon2id(CHEAP).needs_rehash(older)
