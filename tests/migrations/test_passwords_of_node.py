"""Passwords that better-auth hashed sign in here, and the other way round."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.recorder.oracle import install
from tests.migrations.node import better_auth
from tests.migrations.test_shared_with_node import Both, SharedDatabase
from tests.store.support import (
    CHEAP_HASHES,
    PASSWORD,
    auth_on,
    browser,
    new_address,
    running,
    sign_up_body,
    stored_rows,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("passwords of Node")]


@pytest.fixture(scope="module")
def shared(postgres: EmbeddedPostgres) -> Iterator[SharedDatabase]:
    """A database that better-auth runs on."""
    install()
    url = postgres.database("passwords")
    with better_auth(url, "drizzle", make=True) as node:
        yield SharedDatabase(url, "drizzle", node)


@pytest.fixture(params=["argon2id", "scrypt"])
async def both(request: pytest.FixtureRequest, shared: SharedDatabase) -> AsyncIterator[Both]:
    """Both servers; ours hashes as the parameter says."""
    auth = auth_on(shared.url, email_and_password={"password": {**CHEAP_HASHES, "algorithm": request.param}})
    async with running(auth, migrate=False), browser(auth) as ours:
        yield Both(shared.url, shared.node, ours, auth)


async def sign_up_at_node(both: Both, password: str = PASSWORD) -> str:
    email = new_address()
    answer = await both.node("POST", "/sign-up/email", json=sign_up_body(email, password=password))
    assert answer.status_code == 200, answer.text
    return email


async def account_of(both: Both, email: str) -> dict[str, Any]:
    """The account of the user with this address, as it is stored."""
    users = {row["email"]: row["id"] for row in await stored_rows(both.url, "user")}
    (account,) = [row for row in await stored_rows(both.url, "account") if row["user_id"] == users[email]]
    return account


async def stored_hash(both: Both, email: str) -> str:
    """The hash of the user's password."""
    password: str = (await account_of(both, email))["password"]
    return password


def credentials(email: str, password: str = PASSWORD) -> dict[str, Any]:
    return {"json": {"email": email, "password": password}}


async def test_a_password_of_node_signs_in_here_and_is_hashed_anew_once(both: Both) -> None:
    email = await sign_up_at_node(both)
    of_node = await stored_hash(both, email)
    assert not of_node.startswith("$")
    refused = await both.python("POST", "/sign-in/email", **credentials(email, "wrong password"))
    assert refused.status_code == 401
    assert await stored_hash(both, email) == of_node

    before = await account_of(both, email)
    for _ in range(2):
        assert (await both.python("POST", "/sign-in/email", **credentials(email))).status_code == 200
    if both.auth.options.email_and_password.password.algorithm == "scrypt":
        assert await stored_hash(both, email) == of_node
        return
    ours = await stored_hash(both, email)
    assert ours.startswith("$argon2id$")
    assert (await both.python("POST", "/sign-in/email", **credentials(email))).status_code == 200
    assert await account_of(both, email) == {**before, "password": ours}


async def test_a_password_hashed_here_signs_in_at_node_if_the_algorithm_is_scrypt(both: Both) -> None:
    email = new_address()
    await both.python("POST", "/sign-up/email", json=sign_up_body(email))
    answer = await both.node("POST", "/sign-in/email", **credentials(email))
    of_scrypt = both.auth.options.email_and_password.password.algorithm == "scrypt"
    assert (answer.status_code == 200) is of_scrypt
    if of_scrypt:
        refused = await both.node("POST", "/sign-in/email", **credentials(email, "wrong password"))
        assert refused.status_code == 401


@pytest.mark.parametrize(
    "password", ["pässwörtchen", "pa\u0308sswo\u0308rtchen", "\ufb03\ufb03 ligatures", "🔑🔑🔑🔑🔑 emoji"]
)
async def test_passwords_beyond_ascii_are_the_same_on_both_sides(both: Both, password: str) -> None:
    email = await sign_up_at_node(both, password)
    assert (await both.python("POST", "/sign-in/email", **credentials(email, password))).status_code == 200
