"""SMS pumping and guessing: how much a stranger can make this server text, and what the answers tell."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from betterauth_py import BetterAuth
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import PASSWORD, sign_up
from tests.plugins.phone_number.support import ADA, REQUEST, RESET, SEND, SIGN_IN, VERIFY, Texts, with_texts

RULES = {
    "per_texted_number": {"window": 900, "max": 3},
    "texts_per_client": {"window": 900, "max": 5},
    "texts_in_total": {"window": 900, "max": 9},
}
ELSEWHERE = "198.51.100."
SENT = (200, {"message": "code sent"})


@pytest.fixture
def texts() -> Texts:
    return Texts()


@pytest.fixture
async def auth(make_auth: MakeAuth, texts: Texts) -> BetterAuth:
    return await make_auth(**with_texts(texts), rate_limit=RULES)


async def ask(auth: BetterAuth, number: str, address: str = "198.51.100.1", path: str = SEND) -> tuple[int, Any]:
    reply = await post(auth, path, {"phoneNumber": number}, address)
    await auth.context.finish_background_work()
    return reply.status, reply.json()


async def post(auth: BetterAuth, path: str, body: dict[str, Any], address: str = "198.51.100.1") -> Reply:
    return await Client(auth.app).post(path, body, [("x-forwarded-for", address)])


async def test_texts_to_one_number_are_limited_however_it_is_written(auth: BetterAuth, texts: Texts) -> None:
    spellings = [ADA, "+49 170 1234567", "0049-170/1234567", "+491701234567 ", "(+49) 1701234567", ADA]
    spellings += ["+491701234567;ext=5", "+491701234567 x7", "tel:+491701234567,,8", "+491701234567#9"]
    answers = [await ask(auth, spelling, f"{ELSEWHERE}{n}") for n, spelling in enumerate(spellings)]
    assert answers == [SENT] * 10
    assert len(texts.sent) == 3


async def test_letters_that_providers_may_drop_pass_no_limit(auth: BetterAuth, texts: Texts) -> None:
    spellings = ["+49\u200b1701234567", "+491\u200b701234567", "+4917y01234567", "+4917012\u00ad34567", ADA]
    answers = [await ask(auth, spelling, f"{ELSEWHERE}{n}") for n, spelling in enumerate(spellings)]
    assert answers == [SENT] * 5
    assert len(texts.sent) == 3


async def test_the_code_of_the_last_text_stays_valid(auth: BetterAuth, texts: Texts) -> None:
    for number in range(6):
        await ask(auth, ADA, f"{ELSEWHERE}{number}")
    reply = await post(auth, VERIFY, {"phoneNumber": ADA, "code": texts.code_to(ADA)})
    assert reply.status == 200


async def test_a_stranger_does_not_keep_the_owner_at_home_from_codes(auth: BetterAuth, texts: Texts) -> None:
    home, elsewhere = "203.0.113.1", "203.0.113.2"
    await ask(auth, ADA, home)
    assert (await post(auth, VERIFY, {"phoneNumber": ADA, "code": texts.code_to(ADA)}, home)).status == 200
    for number in range(5):
        await ask(auth, ADA, f"{ELSEWHERE}{number}")
    assert len(texts.sent) == 3
    for _ in range(5):
        assert await ask(auth, ADA, elsewhere) == SENT
    assert len(texts.sent) == 3
    # As many as the number's limit, and not more than the client's.
    for _ in range(5):
        assert await ask(auth, ADA, home) == SENT
    assert len(texts.sent) == 6


async def test_a_client_cannot_text_many_numbers(auth: BetterAuth, texts: Texts) -> None:
    assert [await ask(auth, f"+4930{number}") for number in range(8)] == [SENT] * 8
    assert len(texts.sent) == 5


async def test_a_network_of_ipv6_cannot_either(make_auth: MakeAuth, texts: Texts) -> None:
    rules = {"texts_per_client": {"window": 900, "max": 1}, "texts_in_total": False, "per_texted_number": False}
    auth = await make_auth(**with_texts(texts), rate_limit=rules)
    for number in range(14):
        await ask(auth, f"+4930{number}", f"2001:db8:7:{number:x}::1")
    assert len(texts.sent) == 10


async def test_all_clients_together_cannot_run_up_the_bill(
    auth: BetterAuth, texts: Texts, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(12):
        assert await ask(auth, f"+4930{number}", f"{ELSEWHERE}{number}") == SENT
    assert len(texts.sent) == 9
    (record, *_) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "rate_limit.texts_in_total" in record.getMessage()


async def test_every_way_to_cause_a_text_counts(make_auth: MakeAuth, texts: Texts) -> None:
    auth = await make_auth(**with_texts(texts, require_verification=True), rate_limit=RULES)
    client = Client(auth.app)
    await sign_up(client)
    await ask(auth, ADA)
    body = {"phoneNumber": ADA, "code": texts.code_to(ADA), "updatePhoneNumber": True}
    assert (await client.post(VERIFY, body)).status == 200
    await ask(auth, ADA, path=REQUEST)
    (user,) = await auth.context.rows.find_many("user")
    await auth.context.users.update(user["id"], {"phoneNumberVerified": False})
    for _ in range(4):
        reply = await post(auth, SIGN_IN, {"phoneNumber": ADA, "password": PASSWORD})
        assert reply.json()["code"] == "PHONE_NUMBER_NOT_VERIFIED"
    await auth.context.finish_background_work()
    assert len(texts.sent) == 3


async def test_counts_do_not_tell_whose_number_is_registered(make_auth: MakeAuth, texts: Texts) -> None:
    """A client asks for resets of a number, then counts the texts that it can still get itself."""
    left = []
    for registered in (True, False):
        auth = await make_auth(**with_texts(texts), rate_limit={**RULES, "per_texted_number": False})
        if registered:
            await ask(auth, ADA, f"{ELSEWHERE}9")
            await post(auth, VERIFY, {"phoneNumber": ADA, "code": texts.code_to(ADA)})
        for _ in range(3):
            assert await ask(auth, ADA, path=REQUEST) == (200, {"status": True})
        texts.sent.clear()
        for number in range(5):
            await ask(auth, f"+4930{number}")
        left.append(len(texts.sent))
    assert left == [2, 2]


async def test_resets_of_nobodys_number_use_up_nothing_of_the_total(auth: BetterAuth, texts: Texts) -> None:
    for number in range(20):
        await ask(auth, f"+4930{number}", f"{ELSEWHERE}{number}", REQUEST)
    assert texts.sent == []
    await ask(auth, ADA, "203.0.113.1")
    assert len(texts.sent) == 1


async def test_a_number_can_be_guessed_at_only_as_often_as_it_is_texted(auth: BetterAuth, texts: Texts) -> None:
    guesses = 0
    for attempt in range(8):
        await ask(auth, ADA, f"{ELSEWHERE}{attempt}")
        for _ in range(5):
            reply = await post(auth, VERIFY, {"phoneNumber": ADA, "code": "no"}, f"{ELSEWHERE}{attempt}")
            guesses += reply.json()["code"] == "INVALID_OTP"
    assert guesses == 3 * 3


async def test_in_production_the_limits_are_on_by_themselves(make_auth: MakeAuth, texts: Texts) -> None:
    auth = await make_auth(**with_texts(texts), base_url="https://auth.example.com")
    rules = auth.context.rate_limiter.text_rules
    assert [rule and (rule.window, rule.max) for rule in (rules.per_number, rules.per_client, rules.in_total)] == [
        (3600, 5),
        (3600, 20),
        (3600, 1000),
    ]
    off = dict.fromkeys(RULES, False)
    auth = await make_auth(**with_texts(texts), base_url="https://auth.example.com", rate_limit=off)
    rules = auth.context.rate_limiter.text_rules
    assert (rules.per_number, rules.per_client, rules.in_total) == (None, None, None)


async def test_requests_are_limited_by_the_plugins_rule(make_auth: MakeAuth, texts: Texts) -> None:
    auth = await make_auth(**with_texts(texts), rate_limit={"enabled": True})
    client = Client(auth.app)
    replies = [await client.post(RESET, {}) for _ in range(11)]
    assert [reply.status for reply in replies] == [*[400] * 10, 429]
