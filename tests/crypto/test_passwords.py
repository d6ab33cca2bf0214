"""Password hashes: exchanged with the reference, off the event loop, bounded, and the same work for every failure."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from betterauth_py.crypto import passwords
from betterauth_py.crypto.passwords import PasswordHasher
from betterauth_py.options import Argon2Options, PasswordOptions
from tests.crypto.reference import read_by_reference, vectors

CHEAP = Argon2Options(time_cost=1, memory_cost=8)
MakeHasher = Callable[..., PasswordHasher]


@pytest.fixture
async def make_hasher() -> AsyncIterator[MakeHasher]:
    made: list[PasswordHasher] = []

    def make(**options: Any) -> PasswordHasher:
        made.append(PasswordHasher(PasswordOptions(**{"argon2": CHEAP, **options})))
        return made[-1]

    yield make
    for hasher in made:
        hasher.close()


async def test_hashes_of_the_reference_are_verified_and_wrong_passwords_are_not(make_hasher: MakeHasher) -> None:
    hasher = make_hasher()
    for case in vectors()["hashes"]:
        assert await hasher.verify(case["hash"], case["password"]), case["password"]
    assert not await hasher.verify(vectors()["hashes"][0]["hash"], "password1235")


@pytest.mark.slow
async def test_the_reference_verifies_our_scrypt_hashes(make_hasher: MakeHasher) -> None:
    hasher = make_hasher(algorithm="scrypt")
    texts = [case["password"] for case in vectors()["hashes"]]
    made = [{"hash": await hasher.hash(text), "password": text} for text in texts]
    made.append({"hash": made[0]["hash"], "password": "wrong"})
    assert read_by_reference({"passwords": made})["passwords"] == [*(True for _ in texts), False]


async def test_argon2_hashes_say_how_they_were_made_and_are_never_the_same(make_hasher: MakeHasher) -> None:
    hasher = make_hasher(argon2=Argon2Options(time_cost=3, memory_cost=16, parallelism=2))
    first, second = await hasher.hash("password1234"), await hasher.hash("password1234")
    assert first.startswith("$argon2id$v=19$m=16,t=3,p=2$")
    assert first != second
    assert await hasher.verify(first, "password1234")
    assert not await hasher.verify(first, "Password1234")


@pytest.mark.parametrize("algorithm", ["argon2id", "scrypt"])
async def test_a_password_may_be_typed_in_any_form_of_the_same_text(make_hasher: MakeHasher, algorithm: str) -> None:
    hasher = make_hasher(algorithm=algorithm)
    stored = await hasher.hash("\uff21\u0041\u030a\ufb01①")
    assert await hasher.verify(stored, "A\u00c5fi1")
    assert not await hasher.verify(stored, "a\u00e5fi1")


@pytest.mark.parametrize(
    "stored",
    [
        "",
        ":",
        "salt:",
        ":key",
        "no-colon",
        "ä:ö",
        "$argon2id$",
        "$argon2id$v=19$m=8,t=1,p=1$AAAA$",
        "$2b$12$abc",
        "\0:\0",
    ],
)
async def test_a_hash_of_an_unknown_kind_matches_nothing(make_hasher: MakeHasher, stored: str) -> None:
    assert not await make_hasher().verify(stored, "password1234")


async def test_only_hashes_of_another_kind_or_strength_are_made_anew(make_hasher: MakeHasher) -> None:
    argon2, stronger, scrypt = make_hasher(), make_hasher(argon2=Argon2Options()), make_hasher(algorithm="scrypt")
    ours, theirs = await argon2.hash("p"), vectors()["hashes"][0]["hash"]
    assert [hasher.needs_rehash(ours) for hasher in (argon2, stronger, scrypt)] == [False, True, True]
    assert [hasher.needs_rehash(theirs) for hasher in (argon2, stronger, scrypt)] == [True, True, False]


async def test_functions_of_ones_own_take_the_place_of_both(make_hasher: MakeHasher) -> None:
    async def verify(stored: str, password: str) -> bool:
        return stored == password[::-1]

    hasher = make_hasher(hash=lambda password: password[::-1], verify=verify)
    assert await hasher.hash("abc") == "cba"
    assert await hasher.verify("cba", "abc")
    assert not hasher.needs_rehash("cba")


async def counted(monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> list[str]:
    """Return the kinds of the hashes that `work` computes, in order."""
    done: list[str] = []
    original = passwords._verify_one

    def counting(argon2: Any, stored: str, password: str) -> bool:
        done.append("argon2" if stored.startswith("$argon2") else "scrypt")
        return original(argon2, stored, password)

    with monkeypatch.context() as patched:
        patched.setattr(passwords, "_verify_one", counting)
        await work()
    return sorted(done)


@pytest.mark.parametrize("mixed", [False, True])
@pytest.mark.parametrize("algorithm", ["argon2id", "scrypt"])
async def test_an_unknown_user_costs_the_hashes_that_a_wrong_password_costs(
    make_hasher: MakeHasher, monkeypatch: pytest.MonkeyPatch, algorithm: str, mixed: bool
) -> None:
    hasher = make_hasher(algorithm=algorithm)
    hasher.other_kind_stored = mixed
    stored = await hasher.hash("password1234")
    await hasher.verify_nothing("warm")
    unknown = await counted(monkeypatch, lambda: hasher.verify_nothing("wrong"))
    wrong = await counted(monkeypatch, lambda: hasher.verify(stored, "wrong"))
    assert unknown == wrong
    assert len(wrong) == (2 if mixed else 1)


async def test_wrong_passwords_of_both_kinds_cost_the_same_hashes(
    make_hasher: MakeHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = make_hasher()
    ours, theirs = await hasher.hash("password1234"), vectors()["hashes"][0]["hash"]
    await hasher.verify(theirs, "warm")
    costs = [
        await counted(monkeypatch, lambda: hasher.verify(ours, "wrong")),
        await counted(monkeypatch, lambda: hasher.verify(theirs, "wrong")),
        await counted(monkeypatch, lambda: hasher.verify_nothing("wrong")),
    ]
    assert costs == [["argon2", "scrypt"]] * 3


async def test_an_unknown_user_takes_as_long_as_a_wrong_password(make_hasher: MakeHasher) -> None:
    hasher = make_hasher(argon2=Argon2Options())
    stored = await hasher.hash("password1234")
    await hasher.verify_nothing("warm")
    durations: dict[str, list[float]] = {"unknown": [], "wrong": []}
    for _ in range(15):
        for name, work in (("unknown", hasher.verify_nothing), ("wrong", lambda text: hasher.verify(stored, text))):
            # Of this process's CPU: what else the machine does is not counted.
            started = time.process_time()
            await work("wrong-password")
            durations[name].append(time.process_time() - started)
    unknown, wrong = (statistics.median(taken) for taken in durations.values())
    assert 0.75 < unknown / wrong < 1.25


async def test_hashing_leaves_the_event_loop_free(make_hasher: MakeHasher) -> None:
    hasher = make_hasher(argon2=Argon2Options(time_cost=4, memory_cost=65_536), workers=1)
    hashing = asyncio.gather(*(hasher.hash("password1234") for _ in range(4)))
    delays = []
    while not hashing.done():
        before = time.perf_counter()
        await asyncio.sleep(0.005)
        delays.append(time.perf_counter() - before - 0.005)
    await hashing
    assert len(delays) > 20
    assert statistics.median(delays) < 0.02


async def test_no_more_are_hashed_at_once_than_there_are_workers(
    make_hasher: MakeHasher, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most = 0, 0

    def slowly(argon2: Any, stored: str, password: str) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.02)
        running -= 1
        return False

    monkeypatch.setattr(passwords, "_verify_one", slowly)
    hasher = make_hasher(workers=2)
    await asyncio.gather(*(hasher.verify("$argon2id$x", "p") for _ in range(8)))
    assert most == 2
