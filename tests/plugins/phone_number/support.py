"""A server with the phone-number plugin, and what it has texted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from betterauth_py import BetterAuth
from betterauth_py.options import SmsMessage
from betterauth_py.plugins.phone_number import phone_number
from tests.http.client import Client

SEND, VERIFY = "/api/auth/phone-number/send-otp", "/api/auth/phone-number/verify"
REQUEST, RESET = "/api/auth/phone-number/request-password-reset", "/api/auth/phone-number/reset-password"
SIGN_IN = "/api/auth/sign-in/phone-number"
ADA = "+491701234567"


@dataclass
class Texts:
    """The function `sms.transport`."""

    sent: list[SmsMessage] = field(default_factory=list)

    async def __call__(self, message: SmsMessage) -> None:
        self.sent.append(message)

    def code_to(self, number: str) -> str:
        """The code of the last message to a number."""
        return str(next(one for one in reversed(self.sent) if one.to == number).variables["code"])


def with_texts(texts: Texts, **options: Any) -> dict[str, Any]:
    """Options of an auth that texts, signs up by number, and lets clients have an address."""
    own = {"sign_up_on_verification": {"get_temp_email": "{phone_number}@phone.example.com"}, **options}
    return {"plugins": [phone_number(**own)], "sms": {"transport": texts}}


async def code_for(auth: BetterAuth, texts: Texts, number: str, path: str = SEND) -> str:
    """Ask for a code and return it."""
    assert (await Client(auth.app).post(path, {"phoneNumber": number})).status == 200
    await auth.context.finish_background_work()
    return texts.code_to(number)
