"""Counts by account: guessing and mailing from many addresses are bounded, and nobody is locked out by them."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.crypto.random import generate_id
from betterauth_py.options.rate_limit import RateLimitDecision, RateLimitRule
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import ALICE, PASSWORD, sign_up
from tests.redis_server import RedisServer

SIGN_IN, VERIFY, RESET = "/api/auth/sign-in/email", "/api/auth/verify-password", "/api/auth/request-password-reset"
HOME = "203.0.113.7"
LIMITS = {"enabled": True, "custom_rules": {"/**": {"window": 1, "max": 1_000_000}}}
TOO_MANY = {"message": "Too many requests. Please try again later."}
RULES = {"per_account": {"window": 900, "max": 4}, "per_mailed_address": {"window": 900, "max": 3}}


async def limited(make_auth: MakeAuth, **options: Any) -> BetterAuth:
    """An auth that counts by connection and account, and no more than that."""
    return await make_auth(
        **{"advanced": {"ip_address": {"use_connection": True}}, "rate_limit": {**LIMITS, **RULES}, **options}
    )


def at(auth: BetterAuth, address: str) -> Client:
    return Client(auth.app, peer=address)


async def sign_in(client: Client, password: str, email: str = ALICE["email"]) -> Reply:
    return await client.post(SIGN_IN, {"email": email, "password": password})


async def test_one_client_tries_few_passwords_of_one_account(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await limited(make_auth, clock=clock)
    await sign_up(at(auth, HOME))
    stranger = at(auth, "198.51.100.1")
    statuses = [(await sign_in(stranger, "wrong password")).status for _ in range(5)]
    refused = await sign_in(stranger, PASSWORD)
    assert statuses == [401, 401, 401, 401, 429]
    assert (refused.status, refused.json(), refused.header("x-retry-after")) == (429, TOO_MANY, "900")
    assert refused.header("content-type") == "application/json"
    # Another account from there, and this account from elsewhere, are not concerned.
    assert (await sign_in(stranger, "wrong password", "bob@example.com")).status == 401
    assert (await sign_in(at(auth, HOME), PASSWORD)).status == 200
    clock.advance(900)
    assert (await sign_in(stranger, PASSWORD)).status == 200


async def test_an_unknown_account_is_counted_like_a_known_one(make_auth: MakeAuth) -> None:
    auth = await limited(make_auth)
    await sign_up(at(auth, HOME))
    for email in (ALICE["email"], "nobody@example.com"):
        one = [(await sign_in(at(auth, "198.51.100.1"), "wrong password", email)).status for _ in range(6)]
        many = [
            (await sign_in(at(auth, f"198.51.100.{last}"), "wrong password", email.upper())).status
            for last in range(2, 30)
        ]
        assert (one.count(401), many.count(401)) == (4, 16)


async def test_guessing_from_many_addresses_is_bounded_and_locks_nobody_out(make_auth: MakeAuth) -> None:
    mailed: list[str] = []
    passwords = {"send_reset_password": lambda data, _: mailed.append(data["token"])}
    auth = await limited(make_auth, email_and_password=passwords)
    await sign_up(at(auth, HOME))
    statuses = [(await sign_in(at(auth, f"198.51.{n}.1"), "wrong password")).status for n in range(40)]
    assert statuses == [401] * 20 + [429] * 20
    # Whoever has the account's session at this network is heard; so is whoever reads its mail.
    assert (await sign_in(at(auth, HOME), PASSWORD)).status == 200
    for n in range(40):
        await sign_in(at(auth, f"198.51.{n}.2"), "wrong password")
    abroad = at(auth, "192.0.2.1")
    assert (await sign_in(abroad, PASSWORD)).status == 429
    await abroad.post(RESET, {"email": ALICE["email"]})
    await asyncio.sleep(0.05)
    reset = {"token": mailed[-1], "newPassword": "another password"}
    assert (await abroad.post("/api/auth/reset-password", reset)).status == 200
    assert (await sign_in(abroad, "another password")).status == 200


async def test_right_passwords_are_not_counted(make_auth: MakeAuth) -> None:
    auth = await limited(make_auth)
    client = at(auth, HOME)
    await sign_up(client)
    for _ in range(8):
        assert (await sign_in(client, "wrong password")).status == 401
        assert (await sign_in(client, PASSWORD)).status == 200
        assert (await client.post(VERIFY, {"password": "wrong password"})).status == 400
        assert (await client.post(VERIFY, {"password": PASSWORD})).status == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/verify-password", {"password": "wrong password"}),
        ("/change-password", {"currentPassword": "wrong password", "newPassword": "another password"}),
        ("/delete-user", {"password": "wrong password"}),
    ],
)
async def test_a_session_guesses_its_users_password_a_few_times(
    make_auth: MakeAuth, path: str, body: dict[str, str]
) -> None:
    auth = await limited(make_auth, user={"delete_user": {"enabled": True}})
    client, other = at(auth, HOME), at(auth, HOME)
    await sign_up(client)
    await sign_in(other, PASSWORD)
    # Forty at once, each from an address of its own.
    replies = await asyncio.gather(
        *(
            Client(auth.app, peer=f"198.51.100.{n}", cookies=dict(client.cookies)).post(f"/api/auth{path}", body)
            for n in range(40)
        )
    )
    statuses = [reply.status for reply in replies]
    assert (statuses.count(400), statuses.count(429)) == (4, 36)
    assert replies[-1].json() == TOO_MANY
    # Another session of the same user is not concerned, and neither is signing in.
    assert (await other.post(VERIFY, {"password": PASSWORD})).status == 200
    assert (await sign_in(at(auth, HOME), PASSWORD)).status == 200


async def test_mails_to_one_person_are_bounded_wherever_they_are_asked_for(
    make_auth: MakeAuth, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    mailed: list[str] = []
    auth = await limited(
        make_auth,
        clock=clock,
        email_and_password={"send_reset_password": lambda data, _: mailed.append(data["token"])},
        email_verification={"send_verification_email": lambda data, _: mailed.append(data["token"])},
    )
    await sign_up(at(auth, HOME))
    answers = [await at(auth, f"198.51.100.{n}").post(RESET, {"email": ALICE["email"]}) for n in range(20)]
    await asyncio.sleep(0.1)
    assert {(answer.status, answer.body) for answer in answers} == {(200, answers[0].body)}
    assert len(mailed) == 3
    assert "Did not send the e-mail that resets a password" in caplog.text
    assert ALICE["email"] not in caplog.text
    # The last link works as long as no other is sent.
    clock.advance(890)
    assert (await at(auth, HOME).get(f"/api/auth/reset-password/{mailed[-1]}?callbackURL=/")).status == 302
    # Mails of another kind are counted apart, and to another address too.
    for n in range(10):
        await at(auth, f"198.51.100.{n}").post("/api/auth/send-verification-email", {"email": ALICE["email"]})
    await asyncio.sleep(0.1)
    assert len(mailed) == 6
    clock.advance(10)
    await at(auth, HOME).post(RESET, {"email": ALICE["email"]})
    await asyncio.sleep(0.05)
    assert len(mailed) == 7


async def test_mails_are_counted_for_no_longer_than_their_links_live(make_auth: MakeAuth, clock: ManualClock) -> None:
    mailed: list[str] = []
    passwords = {
        "send_reset_password": lambda data, _: mailed.append(data["token"]),
        "reset_password_token_expires_in": 60,
    }
    auth = await limited(make_auth, clock=clock, email_and_password=passwords)
    await sign_up(at(auth, HOME))
    for count in (3, 6):
        for n in range(10):
            await at(auth, f"198.51.100.{n}").post(RESET, {"email": ALICE["email"]})
        await asyncio.sleep(0.05)
        assert len(mailed) == count
        clock.advance(60)


async def test_mails_about_a_taken_address_are_counted_too(make_auth: MakeAuth) -> None:
    told: list[str] = []
    passwords = {"auto_sign_in": False, "on_existing_user_sign_up": lambda data, _: told.append(data["user"]["email"])}
    auth = await limited(make_auth, email_and_password=passwords)
    for n in range(10):
        await at(auth, f"198.51.100.{n}").post("/api/auth/sign-up/email", ALICE)
    await asyncio.sleep(0.05)
    assert len(told) == 3


async def test_calls_in_this_process_are_trusted(make_auth: MakeAuth) -> None:
    mailed: list[str] = []
    passwords = {"send_reset_password": lambda data, _: mailed.append(data["token"])}
    auth = await limited(make_auth, email_and_password=passwords)
    await sign_up(at(auth, HOME))
    for _ in range(10):
        await auth.api.request_password_reset(body={"email": ALICE["email"]})
        with pytest.raises(Exception, match="Invalid email or password"):
            await auth.api.sign_in_email(body={"email": ALICE["email"], "password": "wrong password"})
    await asyncio.sleep(0.05)
    assert len(mailed) == 10


async def test_accounts_are_counted_by_default_in_production_alone(make_auth: MakeAuth) -> None:
    def rules(auth: BetterAuth) -> tuple[RateLimitRule | None, RateLimitRule | None]:
        return auth.context.rate_limiter.account_rule, auth.context.rate_limiter.mail_rule

    asked = {"account": RateLimitRule(window=3600, max=20), "mail": RateLimitRule(window=3600, max=5)}
    assert rules(await make_auth(environment="production")) == (asked["account"], asked["mail"])
    assert rules(await make_auth(rate_limit={"enabled": True})) == (None, None)
    off = {"per_account": False, "per_mailed_address": False}
    assert rules(await make_auth(environment="production", rate_limit=off)) == (None, None)


class OwnStorage:
    """A storage as upstream's: it cannot forget."""

    async def consume(self, key: str, rule: RateLimitRule) -> RateLimitDecision:
        assert not key.startswith("account|")
        return RateLimitDecision(allowed=True)


async def test_a_storage_that_cannot_forget_counts_no_accounts(make_auth: MakeAuth) -> None:
    auth = await limited(make_auth, rate_limit={**LIMITS, **RULES, "custom_storage": OwnStorage()})
    client = at(auth, HOME)
    await sign_up(client)
    assert [(await sign_in(client, "wrong password")).status for _ in range(5)] == [401] * 4 + [429]


async def test_two_servers_share_the_counts_of_accounts(make_auth: MakeAuth, postgres: Any) -> None:
    url = postgres.database(f"limits_{generate_id(8).lower()}")
    options = {"database": {"url": url}, "rate_limit": {**LIMITS, **RULES, "storage": "database"}}
    one, other = await limited(make_auth, **options), await limited(make_auth, **options)
    await sign_up(at(one, HOME))
    servers = [one, other] * 3
    statuses = [(await sign_in(at(server, "198.51.100.1"), "wrong password")).status for server in servers]
    assert statuses == [401, 401, 401, 401, 429, 429]


async def test_the_log_has_a_line_for_each_client_and_minute(
    make_auth: MakeAuth, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    rules = {"/ok": {"window": 600, "max": 1}, "/reset-password/*": {"window": 600, "max": 1}}
    auth = await limited(make_auth, clock=clock, rate_limit={"enabled": True, "custom_rules": rules})
    for _ in range(2):
        for client in (at(auth, HOME), at(auth, "198.51.100.1")):
            for _ in range(20):
                await client.get("/api/auth/ok")
        clock.advance(60)
    secret = "Abc123Abc123Abc123Abc123"
    for path in (f"/reset-password/{secret}", f"/reset%2Dpassword/{secret}"):
        for _ in range(120):
            await at(auth, f"198.51.100.{len(path)}").get(f"/api/auth{path}")
    messages = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert messages == [
        f"Too many requests from {HOME} to /ok: more than 1 in 600 s",
        "Too many requests from 198.51.100.1 to /ok: more than 1 in 600 s",
    ] * 2 + [
        "Too many requests from 198.51.100.40 to /reset-password/:token: more than 1 in 600 s",
        "Too many requests from 198.51.100.42 to an unknown path: more than 100 in 10 s",
    ]
    assert secret not in caplog.text


async def test_mails_that_do_not_leave_are_not_counted(make_auth: MakeAuth) -> None:
    tried: list[str] = []

    def send(data: dict[str, Any], _: object) -> None:
        tried.append(data["token"])
        if len(tried) <= 10:
            raise OSError("the mail server is down")

    auth = await limited(make_auth, email_and_password={"send_reset_password": send})
    await sign_up(at(auth, HOME))
    for n in range(20):
        await at(auth, f"198.51.100.{n}").post(RESET, {"email": ALICE["email"]})
        await asyncio.sleep(0.02)
    assert len(tried) == 13


async def test_counts_of_accounts_in_redis_start_again_with_a_right_password(
    make_auth: MakeAuth, redis: RedisServer
) -> None:
    auth = await limited(make_auth, secondary_storage={"url": redis.url})
    client, stranger = at(auth, HOME), at(auth, "198.51.100.1")
    await sign_up(client)
    for _ in range(3):
        statuses = [(await sign_in(stranger, "wrong password")).status for _ in range(3)]
        assert statuses == [401, 401, 401]
        assert (await sign_in(stranger, PASSWORD)).status == 200
    statuses = [(await sign_in(stranger, "wrong password")).status for _ in range(6)]
    assert statuses == [401, 401, 401, 401, 429, 429]
