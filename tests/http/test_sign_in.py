"""Signing in tells nobody whether an address has an account: same answer, same work."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from betterauth_py import BetterAuth
from betterauth_py.crypto import passwords
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import ALICE, PASSWORD, sign_up

SIGN_IN = "/api/auth/sign-in/email"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of the hashes computed to check passwords, in order."""
    done: list[str] = []
    original = passwords._verify_one

    def counting(argon2: Any, stored: str, password: str) -> bool:
        done.append("argon2" if stored.startswith("$argon2") else "scrypt")
        return original(argon2, stored, password)

    monkeypatch.setattr(passwords, "_verify_one", counting)
    return done


async def store_hash(auth: BetterAuth, value: str | None) -> None:
    account = auth.context.database.table("account")
    await auth.context.database.execute(update(account).values(password=value))


async def try_to_sign_in(client: Client, hashed: list[str], email: str, password: str) -> tuple[Reply, list[str]]:
    hashed.clear()
    reply = await client.post(SIGN_IN, {"email": email, "password": password})
    return reply, sorted(hashed)


@pytest.mark.parametrize("algorithm", ["argon2id", "scrypt"])
async def test_a_stranger_and_a_wrong_password_get_the_same_answer_for_the_same_work(
    make_auth: MakeAuth, hashed: list[str], algorithm: str
) -> None:
    cheap = {"algorithm": algorithm, "argon2": {"time_cost": 1, "memory_cost": 8}}
    auth = await make_auth(email_and_password={"password": cheap})
    client = Client(auth.app)
    await sign_up(client)
    kind = "argon2" if algorithm == "argon2id" else "scrypt"
    wrong = await try_to_sign_in(client, hashed, ALICE["email"], "not her password")
    unknown = await try_to_sign_in(client, hashed, "nobody@example.com", "not her password")
    await store_hash(auth, None)
    without = await try_to_sign_in(client, hashed, ALICE["email"], PASSWORD)
    assert wrong == unknown == without
    assert wrong[0].json() == {"message": "Invalid email or password", "code": "INVALID_EMAIL_OR_PASSWORD"}
    assert (wrong[0].status, wrong[1]) == (401, [kind])


async def test_hashes_of_two_kinds_in_the_database_cost_every_failure_both(
    make_auth: MakeAuth, hashed: list[str]
) -> None:
    auth = await make_auth()
    client = Client(auth.app)
    await sign_up(client)
    await sign_up(client, email="bob@example.com")
    await store_hash(auth, passwords._scrypt_hash(PASSWORD))
    await try_to_sign_in(client, hashed, ALICE["email"], "not her password")
    costs = [await try_to_sign_in(client, hashed, email, "wrong") for email in (ALICE["email"], "nobody@example.com")]
    assert [cost for _, cost in costs] == [["argon2", "scrypt"]] * 2


async def test_a_hash_of_better_auth_is_replaced_at_the_first_sign_in(make_auth: MakeAuth, hashed: list[str]) -> None:
    auth = await make_auth()
    client = Client(auth.app)
    await sign_up(client)
    await store_hash(auth, passwords._scrypt_hash(PASSWORD))
    kinds = [(await try_to_sign_in(client, hashed, ALICE["email"], PASSWORD))[1] for _ in range(2)]
    assert kinds == [["scrypt"], ["argon2"]]
    stored = (await auth.context.users.find_with_credential(ALICE["email"]))[2]
    assert stored is not None
    assert stored.startswith("$argon2id$")


async def test_a_sign_up_with_a_taken_address_costs_what_a_real_one_costs_where_the_answer_is_discreet(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    auth = await make_auth(email_and_password={"auto_sign_in": False})
    hashes: list[str] = []
    original = auth.context.passwords.hash

    async def counting(password: str) -> str:
        hashes.append(password)
        return await original(password)

    monkeypatch.setattr(auth.context.passwords, "hash", counting)
    client = Client(auth.app)
    replies = [await sign_up(client) for _ in range(2)]
    assert hashes == [PASSWORD, PASSWORD]
    shapes = [(list(reply.json()["user"]), reply.json()["token"], reply.set_cookies) for reply in replies]
    assert shapes[0] == shapes[1]
    assert replies[0].json()["user"]["id"] != replies[1].json()["user"]["id"]
