"""A server with the email-otp plugin, and what it has mailed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from betterauth_py import BetterAuth
from betterauth_py.plugins.email_otp import email_otp
from tests.http.client import Client

API = "/api/auth"
SEND, CHECK = f"{API}/email-otp/send-verification-otp", f"{API}/email-otp/check-verification-otp"
SIGN_IN, VERIFY = f"{API}/sign-in/email-otp", f"{API}/email-otp/verify-email"
REQUEST, RESET = f"{API}/email-otp/request-password-reset", f"{API}/email-otp/reset-password"
ADA, NOBODY = "ada@example.com", "nobody@example.com"
PASSWORD = "correct horse battery"


@dataclass
class Codes:
    """The function `send_verification_otp`."""

    sent: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, data: dict[str, Any], _ctx: Any) -> None:
        self.sent.append(data)


def with_codes(codes: Codes, **options: Any) -> dict[str, Any]:
    """Options of an auth that sends codes to `codes`."""
    return {"plugins": [email_otp(send_verification_otp=codes, **options)]}


async def post(auth: BetterAuth, path: str, **body: Any) -> tuple[int, Any]:
    """Post, wait for mails, and return status and body."""
    reply = await Client(auth.app).post(path, body)
    await auth.context.finish_background_work()
    return reply.status, reply.json()


async def sign_up(auth: BetterAuth, email: str = ADA) -> None:
    """Create a user with a password."""
    await auth.api.sign_up_email(body={"name": "Ada", "email": email, "password": PASSWORD})
