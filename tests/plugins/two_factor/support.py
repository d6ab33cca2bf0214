"""Somebody with a second factor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from betterauth_py import BetterAuth
from betterauth_py.conformance.one_time_passwords import totp
from tests.http.client import Client, Reply
from tests.http.people import PASSWORD, sign_up

PATH = "/api/auth/two-factor"
SIGN_IN = "/api/auth/sign-in/email"
ALICE = "alice@example.com"
WRONG = "0000000"


@dataclass
class Person:
    """A user whose app has been confirmed, as the app and the paper have it."""

    auth: BetterAuth
    client: Client
    secret: str
    backup_codes: list[str]
    email: str = ALICE

    def code(self, steps: int = 0) -> str:
        """What the app shows."""
        return totp(self.secret, steps)

    async def begin(self, **body: Any) -> Client:
        """Give the password in another browser, which then has the challenge."""
        client = Client(self.auth.app)
        reply = await client.post(SIGN_IN, {"email": self.email, "password": PASSWORD, **body})
        assert reply.json().get("twoFactorRedirect") is True, reply
        return client


@dataclass
class Sent:
    """The function `send_otp`."""

    codes: list[str] = field(default_factory=list)

    async def __call__(self, data: dict[str, Any], _: Any) -> None:
        self.codes.append(data["otp"])


async def enable(auth: BetterAuth, email: str = ALICE, **body: Any) -> Person:
    """Sign somebody up and confirm an app."""
    client = Client(auth.app)
    await sign_up(client, email=email)
    enabled = (await client.post(f"{PATH}/enable", {"password": PASSWORD, **body})).json()
    secret = parse_qs(urlsplit(enabled["totpURI"]).query)["secret"][0]
    person = Person(auth, client, secret, enabled["backupCodes"], email)
    assert (await verify(client, person.code())).status == 200
    return person


async def verify(client: Client, code: str, way: str = "totp", **body: Any) -> Reply:
    """Give a code of the app, a sent one or one on paper."""
    return await client.post(f"{PATH}/verify-{way}", {"code": code, **body})


async def is_signed_in(client: Client) -> bool:
    """Tell whether the browser has a session."""
    return (await client.get("/api/auth/get-session")).json() is not None
