"""A browser with passkeys, for the tests of the plugin."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from betterauth_py import BetterAuth
from betterauth_py.conformance.passkeys import asserted, attested
from tests.http.client import Client, Reply

ORIGIN = "http://localhost:3000"
COOKIE = "better-auth.better-auth-passkey"


@dataclass
class Browser:
    """One browser: its cookies, and what its authenticators answer."""

    auth: BetterAuth
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(self.auth.app)

    async def sign_up(self, name: str) -> str:
        """Sign up as `name`; return the user's id."""
        body = {"name": name, "email": f"{name}@example.com", "password": "correct horse"}
        reply = await self.client.post("/api/auth/sign-up/email", body)
        user_id: str = reply.json()["user"]["id"]
        return user_id

    async def challenge(self, ceremony: str = "authenticate") -> str:
        """Ask for the options of a ceremony; return the challenge."""
        reply = await self.client.get(f"/api/auth/passkey/generate-{ceremony}-options", {"origin": ORIGIN})
        challenge: str = reply.json()["challenge"]
        return challenge

    async def register(self, how: str, **body: Any) -> Reply:
        """Register what is attested `by` an authenticator (`betterauth_py.conformance.passkeys`)."""
        return await self.send("registration", attested(await self.challenge("register"), how), **body)

    async def sign_in(self, how: str) -> Reply:
        """Sign in with what is asserted by an authenticator."""
        return await self.send("authentication", asserted(await self.challenge(), how))

    async def send(self, ceremony: str, response: str, **body: Any) -> Reply:
        """Send a response."""
        sent = json.dumps({"response": json.loads(response), **body}).encode()
        headers = {"content-type": "application/json", "origin": ORIGIN}
        return await self.client.send("POST", f"/api/auth/passkey/verify-{ceremony}", headers, sent)
