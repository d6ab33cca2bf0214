"""What the tests of the admin plugin share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.crypto.random import generate_id
from tests.conftest import CHEAP_PASSWORDS, SECRET, MakeAuth
from tests.http.client import Client, Reply

API = "/api/auth/admin"
PASSWORD = "correct horse"


async def made(make_auth: MakeAuth, request: pytest.FixtureRequest | None = None, **options: Any) -> BetterAuth:
    if request is not None:
        database = request.getfixturevalue("postgres").database(f"admin_{generate_id(8).lower()}")
        options["database"] = {"url": database}
    options.setdefault("plugins", ["admin"])
    passwords = {"enabled": True, "password": CHEAP_PASSWORDS}
    return await make_auth(email_and_password=passwords, secret=SECRET, **options)


async def sign_in(client: Client, name: str) -> Reply:
    return await client.post("/api/auth/sign-in/email", {"email": f"{name}@example.com", "password": PASSWORD})


async def user_of(auth: BetterAuth, name: str, role: str = "user") -> tuple[Client, str]:
    """Return a signed-in user with a role, and its id."""
    client = Client(auth.app)
    body = {"name": name, "email": f"{name}@example.com", "password": PASSWORD}
    user_id: str = (await client.post("/api/auth/sign-up/email", body)).json()["user"]["id"]
    await auth.context.users.update(user_id, {"role": role})
    return client, user_id


async def post(client: Client, path: str, **body: Any) -> Reply:
    return await client.post(f"{API}/{path}", body)


def statuses(replies: Sequence[Reply]) -> list[int]:
    return sorted(reply.status for reply in replies)


async def is_signed_in(client: Client) -> bool:
    return (await client.get("/api/auth/get-session")).json() is not None
