"""Codes are used once, every guess counts, and nobody learns who has an account."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from tests.conftest import MakeAuth
from tests.http.test_enumeration import words_of
from tests.plugins.email_otp.support import (
    ADA,
    CHECK,
    NOBODY,
    PASSWORD,
    REQUEST,
    RESET,
    SEND,
    SIGN_IN,
    VERIFY,
    Codes,
    post,
    sign_up,
    with_codes,
)
from tests.redis_server import RedisServer


@pytest.fixture
def codes() -> Codes:
    return Codes()


async def statuses(auth: BetterAuth, times: int, path: str, **body: Any) -> Counter[int]:
    return Counter(status for status, _ in await asyncio.gather(*(post(auth, path, **body) for _ in range(times))))


@pytest.mark.parametrize("store_otp", ["plain", "hashed", "encrypted"])
async def test_of_eight_sign_ins_with_one_code_one_succeeds(
    make_auth: MakeAuth, postgres: EmbeddedPostgres, codes: Codes, store_otp: str
) -> None:
    database = {"url": postgres.database(f"codes_{store_otp}")}
    auth = await make_auth(**with_codes(codes, store_otp=store_otp), database=database)
    for _ in range(2):  # A new user, then a known one.
        await post(auth, SEND, email=ADA, type="sign-in")
        assert await statuses(auth, 8, SIGN_IN, email=ADA, otp=codes.sent[-1]["otp"]) == {200: 1, 400: 7}
    assert len(await auth.context.rows.find_many("user")) == 1
    assert len(await auth.context.rows.find_many("session")) == 2
    await post(auth, SEND, email=ADA, type="sign-in")
    assert await statuses(auth, 8, SIGN_IN, email=ADA, otp="wrong") == {400: 7, 403: 1}
    assert (await post(auth, SIGN_IN, email=ADA, otp=codes.sent[-1]["otp"]))[0] == 400
    await post(auth, REQUEST, email=ADA)
    given = {"email": ADA, "otp": codes.sent[-1]["otp"], "password": PASSWORD}
    assert await statuses(auth, 8, RESET, **given) == {200: 1, 400: 7}


@pytest.mark.parametrize("store_otp", ["plain", "hashed", "encrypted"])
async def test_what_is_stored_is_what_the_option_says(make_auth: MakeAuth, codes: Codes, store_otp: str) -> None:
    auth = await make_auth(**with_codes(codes, store_otp=store_otp, otp_length=9))
    await post(auth, SEND, email=ADA, type="sign-in")
    (row,) = await auth.context.rows.find_many("verification")
    code = codes.sent[0]["otp"]
    assert len(code) == 9
    assert code.isdecimal()
    assert (code in row["value"]) is (store_otp == "plain")


@pytest.mark.parametrize("resend_strategy", ["rotate", "reuse"])
async def test_nobody_is_treated_as_a_user(
    make_auth: MakeAuth, codes: Codes, clock: ManualClock, resend_strategy: str
) -> None:
    """The answers of all endpoints, in all states of a code, are those for a user who has not seen the code."""
    options = with_codes(codes, disable_sign_up=True, resend_strategy=resend_strategy)
    auth = await make_auth(**options, clock=clock)
    await sign_up(auth)
    shown: dict[str, list[Any]] = {}
    for email in (ADA, NOBODY):
        answers = shown[email] = []
        for kind, path in (("sign-in", SIGN_IN), ("email-verification", VERIFY), ("forget-password", RESET)):
            guess = {"email": email, "otp": "wrong", "password": PASSWORD}
            answers.append(await post(auth, path, **guess))
            for _ in range(2):
                clock.advance(1)
                answers.append(await post(auth, SEND, email=email, type=kind))
                answers += [await post(auth, path, **guess) for _ in range(3)]
            answers += [await post(auth, path, **guess) for _ in range(6)]
            clock.advance(1)
            answers.append(await post(auth, SEND, email=email, type=kind))
            answers += [await post(auth, CHECK, email=email, type=kind, otp="wrong") for _ in range(5)]
            clock.advance(1)
            answers.append(await post(auth, SEND, email=email, type=kind))
            clock.advance(301)
            answers += [await post(auth, path, **guess) for _ in range(2)]
    assert shown[ADA] == shown[NOBODY]
    assert {answer["code"] for _, answer in shown[NOBODY] if "code" in answer} == {
        "INVALID_OTP",
        "TOO_MANY_ATTEMPTS",
        "OTP_EXPIRED",
    }
    assert {mail["email"] for mail in codes.sent} == {ADA}
    rows = await auth.context.rows.find_many("verification")
    assert [row for row in rows if NOBODY in row["identifier"]] == []


STORAGES: dict[str, dict[str, Any]] = {
    "redis": {"secondary_storage": True},
    "redis and database": {"secondary_storage": True, "verification": {"store_in_database": True}},
    "counts in the database": {"rate_limit": {"storage": "database"}},
}


@pytest.mark.parametrize("storage", STORAGES.values(), ids=STORAGES)
async def test_nobody_is_treated_as_a_user_in_every_storage(
    make_auth: MakeAuth, codes: Codes, redis: RedisServer, storage: dict[str, Any]
) -> None:
    at_redis = {"secondary_storage": {"url": redis.url}} if "secondary_storage" in storage else {}
    auth = await make_auth(**with_codes(codes, disable_sign_up=True), **{**storage, **at_redis})
    await sign_up(auth)
    shown: dict[str, list[Any]] = {}
    for email in (ADA, NOBODY):
        answers = shown[email] = []
        for _ in range(2):
            answers.append(await post(auth, SEND, email=email, type="sign-in"))
            answers += [await post(auth, SIGN_IN, email=email, otp="wrong") for _ in range(5)]
    assert shown[ADA] == shown[NOBODY]
    assert [status for status, _ in shown[ADA]] == [200, 400, 400, 400, 403, 400] * 2


@pytest.mark.parametrize("storage", STORAGES.values(), ids=STORAGES)
async def test_who_is_too_late_with_a_right_code_is_wrong_in_every_storage(
    make_auth: MakeAuth, codes: Codes, redis: RedisServer, storage: dict[str, Any]
) -> None:
    at_redis = {"secondary_storage": {"url": redis.url}} if "secondary_storage" in storage else {}
    auth = await make_auth(**with_codes(codes), **{**storage, **at_redis})
    await sign_up(auth)
    await post(auth, SEND, email=ADA, type="sign-in")
    assert await statuses(auth, 30, SIGN_IN, email=ADA, otp=codes.sent[-1]["otp"]) == {200: 1, 400: 29}


@pytest.mark.parametrize("options", [{}, {"resend_strategy": "reuse"}, {"store_otp": "encrypted"}], ids=str)
async def test_work_for_nobody_is_work_for_a_user(make_auth: MakeAuth, codes: Codes, options: dict[str, Any]) -> None:
    auth = await make_auth(**with_codes(codes, disable_sign_up=True, **options))
    await sign_up(auth)
    # The first look-up of a minute deletes expired rows.
    await post(auth, SIGN_IN, email="first@example.com", otp="wrong")
    words = words_of(auth)
    work: dict[str, list[list[str]]] = {}
    for email in (ADA, NOBODY):
        work[email] = []
        for path, body in ((SEND, {"type": "sign-in"}), (REQUEST, {}), (SIGN_IN, {"otp": "wrong"})):
            await post(auth, path, email=email, **body)
            # A row that is replaced here is one that is stored and taken back there.
            work[email].append(sorted(words))
            words.clear()
    assert work[ADA] == work[NOBODY]


async def test_a_sign_in_by_code_takes_three_statements(make_auth: MakeAuth, codes: Codes) -> None:
    """Half of those of better-auth 1.7.25. The last one inserts the session, with the user held."""
    auth = await make_auth(**with_codes(codes))
    for _ in range(2):
        await post(auth, SEND, email=ADA, type="sign-in")
        words = words_of(auth)
        assert (await post(auth, SIGN_IN, email=ADA, otp=codes.sent[-1]["otp"]))[0] == 200
    assert [word for word in words if word != "COMMIT"] == ["DELETE", "SELECT", "WITH"]


async def test_codes_to_one_address_are_limited_and_the_last_one_works(make_auth: MakeAuth, codes: Codes) -> None:
    auth = await make_auth(**with_codes(codes), rate_limit={"per_mailed_address": {"window": 900, "max": 3}})
    for _ in range(6):
        assert await post(auth, SEND, email="Ada@Example.com", type="sign-in") == (200, {"success": True})
    assert [mail["email"] for mail in codes.sent] == [ADA] * 3
    assert (await post(auth, SIGN_IN, email=ADA, otp=codes.sent[-1]["otp"]))[0] == 200


async def test_every_way_to_a_code_is_limited(make_auth: MakeAuth, codes: Codes) -> None:
    options = {"send_verification_on_sign_up": True, "change_email": {"enabled": True}}
    auth = await make_auth(**with_codes(codes, **options), rate_limit={"per_mailed_address": {"window": 900, "max": 1}})
    await post(auth, "/api/auth/sign-up/email", name="Ada", email=ADA, password=PASSWORD)
    for kind in ("email-verification", "forget-password", "sign-in"):
        await post(auth, SEND, email=ADA, type=kind)
        await post(auth, REQUEST, email=ADA)
    assert Counter(mail["type"] for mail in codes.sent) == {
        "email-verification": 1,
        "forget-password": 1,
        "sign-in": 1,
    }


async def test_a_code_is_for_one_purpose_and_one_address(make_auth: MakeAuth, codes: Codes) -> None:
    auth = await make_auth(**with_codes(codes))
    await sign_up(auth)
    await sign_up(auth, "bob@example.com")
    await post(auth, SEND, email=ADA, type="email-verification")
    code = codes.sent[-1]["otp"]
    for path in (SIGN_IN, RESET):
        assert (await post(auth, path, email=ADA, otp=code, password=PASSWORD))[0] == 400
    assert (await post(auth, VERIFY, email="bob@example.com", otp=code))[0] == 400
    assert (await post(auth, VERIFY, email=ADA, otp=code))[0] == 200


@pytest.mark.parametrize("email", ["a\0b@example.com", "\ud800@example.com", "x" * 50_000], ids=["NUL", "half", "long"])
async def test_no_address_breaks_anything(make_auth: MakeAuth, codes: Codes, email: str) -> None:
    auth = await make_auth(**with_codes(codes))
    assert await post(auth, SIGN_IN, email=email, otp="1") == (400, {"code": "INVALID_OTP", "message": "Invalid OTP"})
    assert (await post(auth, SEND, email=email, type="sign-in"))[0] == 400
    assert await auth.context.rows.find_many("verification") == []


@pytest.mark.parametrize("otp", ["1\0", "\ud800", "9" * 50_000, "1:0", "%"], ids=["NUL", "half", "long", "colon", "%"])
@pytest.mark.parametrize("store_otp", ["plain", "hashed", "encrypted"])
async def test_no_code_breaks_anything(make_auth: MakeAuth, codes: Codes, store_otp: str, otp: str) -> None:
    auth = await make_auth(**with_codes(codes, store_otp=store_otp, generate_otp=lambda _, __: "1"))
    await post(auth, SEND, email=ADA, type="sign-in")
    assert (await post(auth, SIGN_IN, email=ADA, otp=otp))[0] == 400
    assert (await post(auth, CHECK, email=ADA, type="sign-in", otp=otp))[0] == 400
    assert (await post(auth, SIGN_IN, email=ADA, otp="1"))[0] == 200
