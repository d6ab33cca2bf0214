"""OpenSSL's argon2id and argon2-cffi's are one: each verifies what the other has made, and refuses the same."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import argon2
import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id as OpenSSL

from betterauth_py.crypto import argon2id
from betterauth_py.crypto.argon2id import Argon2id
from betterauth_py.options import Argon2Options

CHEAP = Argon2Options(time_cost=2, memory_cost=16)
PASSWORDS = ["password1234", "", "pässwörd \U0001f600", "x" * 128, "zero\0inside"]


class Reference:
    """argon2-cffi alone, as it is where OpenSSL is too old or slower."""

    def __init__(self) -> None:
        self._hasher = Argon2id(CHEAP)

    def _do(self, name: str, *arguments: str) -> Any:
        with patch.object(argon2id, "openssl_where_it_is_faster", lambda: None):
            return getattr(self._hasher, name)(*arguments)

    def hash(self, password: str) -> str:
        return str(self._do("hash", password))

    def verify(self, hash: str, password: str) -> bool:  # noqa: A002 - the field's word
        return bool(self._do("verify", hash, password))

    def needs_rehash(self, hash: str) -> bool:  # noqa: A002 - the field's word
        return bool(self._do("needs_rehash", hash))


@pytest.fixture
def library() -> Reference:
    return Reference()


def test_this_openssl_has_argon2id() -> None:
    assert argon2id.openssl_argon2id() is not None


@pytest.mark.parametrize(("library", "chosen"), [(0.5, None), (0.95, OpenSSL), (1.1, OpenSSL)])
def test_the_library_is_taken_where_it_is_clearly_faster(library: float, chosen: object) -> None:
    seconds = {"by_openssl": 1.0, "by_library": library}
    with patch.object(argon2id, "_seconds", lambda function: seconds[function.__name__]):
        assert argon2id.openssl_where_it_is_faster.__wrapped__() is chosen


def test_without_argon2id_in_openssl_it_is_the_librarys() -> None:
    with patch.object(argon2id, "openssl_argon2id", lambda: None):
        assert argon2id.openssl_where_it_is_faster.__wrapped__() is None


@pytest.mark.parametrize("password", PASSWORDS)
def test_each_verifies_what_the_other_has_made(
    library: Reference, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    openssl = Argon2id(CHEAP)
    monkeypatch.setattr(argon2id, "openssl_where_it_is_faster", argon2id.openssl_argon2id)
    ours, theirs = openssl.hash(password), library.hash(password)
    assert argon2.extract_parameters(ours) == argon2.extract_parameters(theirs)
    assert [len(part) for part in ours.split("$")] == [len(part) for part in theirs.split("$")]
    hashers: list[Argon2id | Reference] = [openssl, library]
    for hasher in hashers:
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
        f"$argon2id$v=19$m=0,t=2,p=1${'A' * 22}${'A' * 43}",
        f"$argon2id$v=19$m=16,t=0,p=1${'A' * 22}${'A' * 43}",
        f"$argon2id$v=19$m=9999999999,t=2,p=1${'A' * 22}${'A' * 43}",
        f"$argon2id$v=19$m=16,t=2,p=1${'A' * 22}${'A' * 43}\n",
        f"$argon2id$v=19$m=16,t=2,p=1${'A' * 21}B${'A' * 42}B",
        "$argon2id$v=19$m=16,t=2,p=1$é$é",
        "$argon2id$",
    ],
)
def test_broken_hashes_match_nothing(library: Reference, changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(argon2id, "openssl_where_it_is_faster", argon2id.openssl_argon2id)
    assert [hasher.verify(changed, "password1234") for hasher in (Argon2id(CHEAP), library)] == [False, False]


@pytest.mark.parametrize("by_openssl", [True, False])
@pytest.mark.parametrize("lengths", [(8, 32), (32, 32), (16, 16), (16, 64)])
def test_unusual_lengths_are_kept(lengths: tuple[int, int], by_openssl: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = argon2id.openssl_argon2id() if by_openssl else None
    monkeypatch.setattr(argon2id, "openssl_where_it_is_faster", lambda: chosen)
    salt_length, hash_length = lengths
    hasher = Argon2id(Argon2Options(time_cost=1, memory_cost=16, salt_length=salt_length, hash_length=hash_length))
    made = hasher.hash("password1234")
    parameters = argon2.extract_parameters(made)
    assert (parameters.salt_len, parameters.hash_len) == lengths
    assert hasher.verify(made, "password1234")
    assert not hasher.verify(made, "other")
    assert not hasher.needs_rehash(made)
    assert Argon2id(CHEAP).needs_rehash(made)


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
