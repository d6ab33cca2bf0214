"""Which numbers may be used, what their users are called, and what stops the start."""

from __future__ import annotations

from re import fullmatch
from typing import Any

import pytest

from betterauth_py import ConfigurationError
from betterauth_py.flows.users import create_user, new_user
from betterauth_py.plugins.phone_number import phone_number
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import sign_up
from tests.plugins.phone_number.support import ADA, SEND, VERIFY, Texts, code_for, with_texts


@pytest.fixture
def texts() -> Texts:
    return Texts()


async def test_users_of_other_code_get_no_unverified_number(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[phone_number()])
    row = {"name": "Ada", "phoneNumber": ADA}
    user = await create_user(auth.context, new_user(auth.context, "ada@example.com", row), {"method": "import"})
    assert (user["phoneNumber"], user["phoneNumberVerified"]) == (None, False)


async def test_numbers_are_checked_by_options_alone(make_auth: MakeAuth, texts: Texts) -> None:
    auth = await make_auth(**with_texts(texts, phone_number_validator="e164", allowed_prefixes=["+49", "+43"]))
    client = Client(auth.app)
    for number in ("0170 123", "+49170", "+490 1701234567", "+4917012345678901", "+41791234567", "+٤٩١٧٠١٢٣٤٥٦٧"):
        reply = await client.post(SEND, {"phoneNumber": number})
        assert (reply.status, reply.json()["code"]) == (400, "INVALID_PHONE_NUMBER"), number
    assert (await client.post(SEND, {"phoneNumber": ADA})).status == 200
    await auth.context.finish_background_work()
    reply = await client.post(VERIFY, {"phoneNumber": ADA, "code": texts.code_to(ADA)})
    assert reply.json()["user"]["email"] == "491701234567@phone.example.com"


async def test_whoever_takes_the_address_of_a_number_keeps_nobody_out(make_auth: MakeAuth, texts: Texts) -> None:
    auth = await make_auth(**with_texts(texts))
    await sign_up(Client(auth.app), email="491701234567@phone.example.com")
    reply = await Client(auth.app).post(VERIFY, {"phoneNumber": ADA, "code": await code_for(auth, texts, ADA)})
    user = reply.json()["user"]
    assert fullmatch(r"491701234567\.[a-z0-9]{16}@phone\.example\.com", user["email"])
    assert (user["name"], user["phoneNumber"], user["phoneNumberVerified"]) == (ADA, ADA, True)


async def test_an_address_of_a_function_that_another_user_has_signs_nobody_up(
    make_auth: MakeAuth, texts: Texts
) -> None:
    one = {"get_temp_email": lambda _: "Alice@Example.com"}
    auth = await make_auth(**with_texts(texts, sign_up_on_verification=one))
    await sign_up(Client(auth.app))
    reply = await Client(auth.app).post(VERIFY, {"phoneNumber": ADA, "code": await code_for(auth, texts, ADA)})
    assert (reply.status, reply.json()["code"]) == (422, "FAILED_TO_CREATE_USER")


async def test_a_number_without_digits_has_no_address(make_auth: MakeAuth, texts: Texts) -> None:
    auth = await make_auth(**with_texts(texts))
    code = await code_for(auth, texts, "nothing")
    reply = await Client(auth.app).post(VERIFY, {"phoneNumber": "nothing", "code": code})
    assert (reply.status, reply.json()["code"]) == (400, "INVALID_PHONE_NUMBER")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"otp_length": 3}, "otp_length"),
        ({"expires_in": 0}, "expires_in"),
        ({"allowed_attempts": 0}, "allowed_attempts"),
        ({"allowed_prefixes": ["49"]}, "allowed_prefixes"),
        ({"phone_number_validator": "e.164"}, "must be 'e164', or a function, or its import string such as"),
        ({"phone_number_validator": 164}, "must be 'e164', or a function, or its import string such as"),
        ({"sign_up_on_verification": {}}, "get_temp_email"),
        ({"sign_up_on_verification": {"get_temp_email": "all@example.com"}}, "get_temp_email"),
    ],
)
def test_options_that_cannot_work_stop_the_start(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        phone_number(**options)


async def test_without_a_sender_the_log_says_what_to_do(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    await make_auth(plugins=["phone-number"])
    assert "No code can be texted. Set option `plugins.phone-number.send_otp`, or let" in caplog.text
