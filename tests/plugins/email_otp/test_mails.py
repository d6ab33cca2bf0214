"""The server mails codes by itself, in the language of whoever asks, and the calls for code in this process."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth, ConfigurationError
from betterauth_py.options.environment import read_toml
from betterauth_py.plugins.email_otp import email_otp
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.plugins.email_otp.support import ADA, API, PASSWORD, SEND, SIGN_IN, VERIFY, Codes, post, sign_up, with_codes

TOML = """
[plugins.email-otp]
otp_length = 8
expires_in = "10m"
override_default_email_verification = true
change_email = { enabled = true }
[email_and_password]
require_email_verification = true
"""


class KeptMails:
    """A transport that keeps the mails."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    async def send(self, message: EmailMessage) -> None:
        self.sent.append(message)


@pytest.fixture
def mails() -> KeptMails:
    return KeptMails()


@pytest.fixture
async def auth(make_auth: MakeAuth, mails: KeptMails, tmp_path: Path) -> BetterAuth:
    file = tmp_path / "betterauth.toml"
    file.write_text(TOML)
    return await make_auth(**read_toml(file), mail={"transport": mails, "sender": "Acme <hello@acme.test>"})


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def code_of(mail: EmailMessage) -> str:
    code = next(line for line in text_of(mail).splitlines() if line.isdecimal())
    html = mail.get_body(("html",))
    assert html is not None
    assert code in html.get_content()
    return code


WORDS = {
    ("en", "sign-in"): "Here is your code to sign in to",
    ("de", "sign-in"): "ist Ihr Code zum Anmelden bei",
    ("en", "email-verification"): "Here is the code that confirms ada@example.com",
    ("de", "email-verification"): "der Code, der ada@example.com als Ihre Adresse",
    ("en", "forget-password"): "wants to choose a new password",
    ("de", "forget-password"): "neues Passwort wählen",
}


@pytest.mark.parametrize(("language", "kind"), WORDS)
async def test_a_code_is_mailed_without_any_function(
    auth: BetterAuth, mails: KeptMails, language: str, kind: str
) -> None:
    await sign_up(auth)
    await auth.context.finish_background_work()
    mails.sent.clear()
    await Client(auth.app).post(SEND, {"email": ADA, "type": kind}, [("accept-language", language)])
    await auth.context.finish_background_work()
    (mail,) = mails.sent
    assert mail["To"] == ADA
    assert WORDS[language, kind] in text_of(mail)
    assert ("10 minutes" if language == "en" else "10 Minuten") in text_of(mail)
    assert len(code_of(mail)) == 8


async def test_codes_verify_sign_in_and_change_an_address(auth: BetterAuth, mails: KeptMails) -> None:
    client = Client(auth.app)
    await post(auth, f"{API}/sign-up/email", name="Ada", email=ADA, password=PASSWORD)
    assert (await post(auth, VERIFY, email=ADA, otp=code_of(mails.sent[-1])))[0] == 200
    assert (await client.post(f"{API}/sign-in/email", {"email": ADA, "password": PASSWORD})).status == 200
    await client.post(f"{API}/email-otp/request-email-change", {"newEmail": "new@example.com"})
    await auth.context.finish_background_work()
    assert mails.sent[-1]["To"] == "new@example.com"
    body = {"newEmail": "new@example.com", "otp": code_of(mails.sent[-1])}
    assert (await client.post(f"{API}/email-otp/change-email", body)).json() == {"success": True}
    # The server tells the old address where the code told it the new one; neither mail has the other's address.
    assert all("new@example.com" not in text_of(mail) for mail in mails.sent if mail["To"] == ADA)


async def test_nobody_gets_no_mail(auth: BetterAuth, mails: KeptMails) -> None:
    for path in ("/email-otp/request-password-reset", "/forget-password/email-otp", "/send-verification-email"):
        assert (await post(auth, f"{API}{path}", email="nobody@example.com"))[0] == 200
    assert mails.sent == []


async def test_without_a_sender_the_log_says_what_to_do(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    await make_auth(plugins=["email-otp"])
    assert "No code can be mailed. Set option `plugins.email-otp.send_verification_otp`, or let" in caplog.text


async def test_without_a_sender_the_answer_says_so(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[email_otp()])
    refusal = (400, {"message": "send email verification is not implemented"})
    assert await post(auth, SEND, email=ADA, type="sign-in") == refusal
    assert await post(auth, f"{API}/email-otp/request-password-reset", email=ADA) == refusal


async def test_code_of_this_process_creates_and_reads_codes(make_auth: MakeAuth) -> None:
    auth = await make_auth(**with_codes(Codes(), store_otp="encrypted"))
    asked = {"email": "Ada@Example.com", "type": "sign-in"}
    assert await auth.api.get_verification_otp(query=asked) == {"otp": None}
    code = await auth.api.create_verification_otp(body=asked)
    assert await auth.api.get_verification_otp(query=asked) == {"otp": code}
    assert (await post(auth, SIGN_IN, email=ADA, otp=code))[0] == 200
    assert await auth.api.get_verification_otp(query=asked) == {"otp": None}


@pytest.mark.parametrize("store_otp", ["hashed", {"hash": str.upper}])
async def test_a_hashed_code_cannot_be_read(make_auth: MakeAuth, store_otp: Any) -> None:
    auth = await make_auth(**with_codes(Codes(), store_otp=store_otp))
    asked = {"email": ADA, "type": "sign-in"}
    assert await auth.api.get_verification_otp(query=asked) == {"otp": None}
    await auth.api.create_verification_otp(body=asked)
    with pytest.raises(APIError, match="OTP is hashed, cannot return the plain text OTP"):
        await auth.api.get_verification_otp(query=asked)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"otp_length": 3}, r"`plugins.email-otp.otp_length` is 3. Give 4 to 64 digits"),
        ({"expires_in": -1}, r"`plugins.email-otp.expires_in` is below 0"),
        ({"rate_limit": {"max": -1}}, r"`plugins.email-otp.rate_limit.max` is below 0"),
        ({"store_otp": {"encrypt": str.upper}}, r"`hash` alone, or `encrypt` and `decrypt`"),
        ({"store_otp": {}}, r"`hash` alone, or `encrypt` and `decrypt`"),
        ({"store_otp": "sealed"}, r"store_otp"),
        ({"resendStrategy": "reuse"}, r"Did you mean `resend_strategy`\?"),
    ],
)
def test_what_cannot_work_stops_the_start(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        email_otp(**options)
