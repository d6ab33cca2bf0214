"""Users and organizations for the tests of the plugin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.crypto.random import generate_id
from tests.http.client import Client, Reply

ORGANIZATION = "/api/auth/organization"
PASSWORD = "correct horse"


def in_postgres(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return options with a database of its own."""
    postgres = request.getfixturevalue("postgres")
    return {"database": {"url": postgres.database(f"organizations_{generate_id(8).lower()}")}}


async def signed_up(auth: BetterAuth, name: str) -> Client:
    """Return the client of a new user, `<name>@example.com`."""
    client = Client(auth.app)
    body = {"name": name.title(), "email": f"{name}@example.com", "password": PASSWORD}
    reply = await client.post("/api/auth/sign-up/email", body)
    assert reply.status == 200, reply.body
    return client


async def post(client: Client, path: str, body: dict[str, Any]) -> Reply:
    return await client.post(f"{ORGANIZATION}/{path}", body)


async def done(client: Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a call that must succeed."""
    reply = await post(client, path, body)
    assert reply.status == 200, reply.body
    answer: dict[str, Any] = reply.json()
    return answer


async def invited(owner: Client, guest: str, role: str = "member", **more: Any) -> str:
    """Return the id of a new invitation of `<guest>@example.com` to the active organization."""
    answer = await done(owner, "invite-member", {"email": f"{guest}@example.com", "role": role, **more})
    return str(answer["id"])


async def joined(owner: Client, guest: Client, name: str, role: str = "member", **more: Any) -> dict[str, Any]:
    """Return the membership of a guest who has accepted an invitation."""
    invitation = await invited(owner, name, role, **more)
    answer = await done(guest, "accept-invitation", {"invitationId": invitation})
    member: dict[str, Any] = answer["member"]
    return member


def statuses(replies: Iterable[Reply]) -> list[int]:
    return sorted(reply.status for reply in replies)
