"""OpenSSL's argon2id and argon2-cffi's are one: each verifies what the other has made, and refuses the same."""

from __future__ import annotations

import argon2
import pytest

from betterauth_py.crypto import argon2id
from betterauth_py.crypto.argon2id import Argon2id
from betterauth_py.options import Argon2Options

CHEAP = Argon2Options(time_cost=2, memory_cost=16)
PASSWORDS = ["password1234", "", "pässwörd \U0001f600", "x" * 128]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Argon2id:
    """As it is where OpenSSL is too old."""
    with monkeypatch.context() as patch:
        patch.setattr(argon2id, "_openssl_has_it", lambda: False)
        return Argon2id(CHEAP)


def test_this_openssl_has_argon2id() -> None:
    assert argon2id._openssl_has_it()


@pytest.mark.parametrize("password", PASSWORDS)
def test_each_verifies_what_the_other_has_made(library: Argon2id, password: str) -> None:
    openssl = Argon2id(CHEAP)
    ours, theirs = openssl.hash(password), library.hash(password)
    assert argon2.extract_parameters(ours) == argon2.extract_parameters(theirs)
    assert [len(part) for part in ours.split("$")] == [len(part) for part in theirs.split("$")]
    for hasher in (openssl, library):
        for made in (ours, theirs):
            assert hasher.verify(made, password)
            assert not hasher.verify(made, f"{password}x")
            assert not hasher.needs_rehash(made)


@pytest.mark.parametrize(
    "changed",
    [
        "$argon2id$v=19$m=16,t=2,p=1$",
        "$argon2id$v=19$m=16,t=2,p=1$!!$!!",
        "$argon2id$v=19$m=0,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g$",
        "$argon2id$v=16$m=16,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=99999999999,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=16,t=2,p=1$é$é",
        "$argon2id$",
    ],
)
def test_broken_hashes_match_nothing(library: Argon2id, changed: str) -> None:
    assert [hasher.verify(changed, "password1234") for hasher in (Argon2id(CHEAP), library)] == [False, False]


def test_several_lanes_and_older_kinds_are_the_librarys() -> None:
    lanes = Argon2id(Argon2Options(time_cost=1, memory_cost=32, parallelism=2))
    made = lanes.hash("password1234")
    assert ",p=2$" in made
    assert lanes.verify(made, "password1234")
    assert not lanes.verify(made, "other")
    assert Argon2id(CHEAP).needs_rehash(made)
    older = argon2.PasswordHasher(time_cost=1, memory_cost=16, parallelism=1, type=argon2.Type.I).hash("password1234")
    assert lanes.verify(older, "password1234")
    assert lanes.needs_rehash(older)
