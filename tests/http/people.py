"""Somebody who signs up."""

from __future__ import annotations

from typing import Any

from tests.http.client import Client, Reply

PASSWORD = "correct horse battery"
ALICE = {"name": "Alice", "email": "alice@example.com", "password": PASSWORD}


async def sign_up(client: Client, path: str = "/api/auth", **changes: Any) -> Reply:
    """Sign Alice up; the client keeps her cookies."""
    reply = await client.post(f"{path}/sign-up/email", {**ALICE, **changes})
    assert reply.status == 200, reply
    return reply
