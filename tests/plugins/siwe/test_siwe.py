"""What the scenarios of the siwe plugin do not show: real signatures, forged messages, races, unlinking, options."""

from __future__ import annotations

import asyncio
import builtins
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.clock import ManualClock
from betterauth_py.crypto.random import generate_id
from betterauth_py.flows.pre_hijacking import shut_out
from betterauth_py.plugins import Where
from betterauth_py.plugins.siwe import siwe
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.oauth_world import count
from tests.plugins.siwe.wallet import Wallet

ADA, EVE = Wallet(0xADA), Wallet(0xE5E)
TABLES = ("user", "account", "session", "walletAddress")


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "sqlite":
        return {}
    return {"database": {"url": request.getfixturevalue("postgres").database(f"siwe_{generate_id(8).lower()}")}}


async def made(
    make_auth: MakeAuth, clock: ManualClock, plugin: dict[str, Any] | None = None, **more: Any
) -> BetterAuth:
    return await make_auth(plugins={"siwe": {"domain": "app.test", **(plugin or {})}}, clock=clock, **more)


async def nonce_of(client: Client) -> str:
    nonce: str = (await client.post("/api/auth/siwe/nonce", {})).json()["nonce"]
    return nonce


async def send(client: Client, message: str, signature: str, **body: Any) -> Reply:
    return await client.post("/api/auth/siwe/verify", {"message": message, "signature": signature, **body})


async def sign_in(client: Client, wallet: Wallet = ADA, *rest: str, chain: int = 1, **body: Any) -> Reply:
    message = wallet.message(await nonce_of(client), *rest, chain=chain)
    return await send(client, message, wallet.sign(message), **body)


async def test_a_wallet_signs_in_with_options_of_a_file_alone(
    make_auth: MakeAuth, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    auth = await made(make_auth, clock)
    client = Client(auth.app)
    nonce = await nonce_of(client)
    assert len(nonce) == 32
    message = ADA.message(nonce)
    reply = await send(client, message, ADA.sign(message))
    assert reply.json()["user"] | {"id": ""} == {"id": "", "walletAddress": ADA.address, "chainId": 1}
    user = (await client.get("/api/auth/get-session")).json()["user"]
    assert (user["name"], user["email"]) == (ADA.address, f"{ADA.address.lower()}@siwe.placeholder.invalid")
    assert await count(auth, *TABLES) == [1, 1, 1, 1]
    assert not any(secret in caplog.text for secret in (nonce, ADA.sign(message), reply.json()["token"]))


async def test_no_forged_message_signs_in(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock)
    client = Client(auth.app)

    async def forged(change: Any) -> tuple[str, str]:
        message, signature = change(await nonce_of(client))
        return message, signature

    def signed(message: str, by: Wallet = ADA) -> tuple[str, str]:
        return message, by.sign(message)

    changes: dict[str, Any] = {
        "another wallet's signature": lambda nonce: signed(ADA.message(nonce), EVE),
        "the address of another": lambda nonce: signed(EVE.message(nonce, address=ADA.address), EVE),
        "another chain than was signed": lambda nonce: (
            ADA.message(nonce, chain=1),
            ADA.sign(ADA.message(nonce))[:-2] + "1d",
        ),
        "the chain changed": lambda nonce: (ADA.message(nonce, chain=10), ADA.sign(ADA.message(nonce, chain=1))),
        "the nonce changed": lambda nonce: (ADA.message(nonce), ADA.sign(ADA.message("a" * 32))),
        "the domain changed": lambda nonce: (ADA.message(nonce), ADA.sign(ADA.message(nonce, domain="evil.test"))),
        "another domain": lambda nonce: signed(ADA.message(nonce, domain="evil.test")),
        "a domain below": lambda nonce: signed(ADA.message(nonce, domain="app.test.evil.test")),
        "a domain above": lambda nonce: signed(ADA.message(nonce, domain="x.app.test")),
        "a port": lambda nonce: signed(ADA.message(nonce, domain="app.test:8443")),
        "a user before another domain": lambda nonce: signed(ADA.message(nonce, domain="app.test@evil.test")),
        "a nonce of its own": lambda _: signed(ADA.message("b" * 32)),
        "expired": lambda nonce: signed(ADA.message(nonce, "Expiration Time: 2026-11-21T08:00:00Z")),
        "an end that is none": lambda nonce: signed(ADA.message(nonce, "Expiration Time: never")),
        "not yet": lambda nonce: signed(ADA.message(nonce, "Not Before: 2026-11-21T08:00:00.001Z")),
        "a begin that is none": lambda nonce: signed(ADA.message(nonce, "Not Before: 0")),
        "a nonce in its text and another": lambda nonce: signed(ADA.message(nonce, "Nonce: cccccccc")),
        "a contract's signature": lambda nonce: (ADA.message(nonce), "0x" + "ab" * 200),
        "too much to hash": lambda nonce: signed(ADA.message(nonce, "- " + "a" * 5_000)),
    }
    for name, change in changes.items():
        message, signature = await forged(change)
        reply = await send(client, message, signature)
        assert (reply.status, reply.json()["status"], reply.set_cookies) == (401, 401, []), name
    assert await count(auth, *TABLES) == [0, 0, 0, 0]


async def test_a_huge_message_is_answered_at_once(make_auth: MakeAuth, clock: ManualClock) -> None:
    client = Client((await made(make_auth, clock)).app, timeout=3)
    nonce = await nonce_of(client)
    for filler in ("a" * 60_000, "\n" * 30_000, f"\nNonce: {nonce}" * 1_000):
        reply = await send(client, ADA.message(nonce, filler), "0x" + "ab" * 65)
        assert reply.status == 401


async def test_a_nonce_has_one_try_and_fifteen_minutes(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock)
    client = Client(auth.app)
    message = ADA.message(await nonce_of(client))
    assert (await send(client, message, EVE.sign(message))).status == 401
    assert (await send(client, message, ADA.sign(message))).json()["code"] == "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE"
    message = ADA.message(await nonce_of(client))
    clock.advance(900)
    assert (await send(client, message, ADA.sign(message))).status == 200
    message = ADA.message(await nonce_of(client))
    clock.advance(900.001)
    assert (await send(client, message, ADA.sign(message))).json()["code"] == "UNAUTHORIZED_INVALID_OR_EXPIRED_NONCE"
    assert await count(auth, "user", "session") == [1, 1]


async def test_of_eight_at_once_one_uses_the_message(
    make_auth: MakeAuth, clock: ManualClock, stored: dict[str, Any]
) -> None:
    auth = await made(make_auth, clock, **stored)
    message = ADA.message(await nonce_of(Client(auth.app)))
    signature = ADA.sign(message)
    replies = await asyncio.gather(*(send(Client(auth.app), message, signature) for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [200, *[401] * 7]
    assert await count(auth, *TABLES) == [1, 1, 1, 1]


async def test_eight_first_sign_ins_at_once_make_one_user(
    make_auth: MakeAuth, clock: ManualClock, stored: dict[str, Any]
) -> None:
    auth = await made(make_auth, clock, **stored)
    replies = await asyncio.gather(*(sign_in(Client(auth.app)) for _ in range(8)))
    assert {reply.status for reply in replies} == {200}
    assert await count(auth, *TABLES) == [1, 1, 8, 1]
    # And a second chain is stored once.
    replies = await asyncio.gather(*(sign_in(Client(auth.app), chain=10) for _ in range(8)))
    assert {reply.status for reply in replies} == {200}
    assert await count(auth, *TABLES) == [1, 2, 16, 2]


async def test_two_wallets_that_ask_for_one_address_at_once_are_two_users(
    make_auth: MakeAuth, clock: ManualClock, stored: dict[str, Any]
) -> None:
    auth = await made(make_auth, clock, {"anonymous": False}, **stored)
    wallets = [Wallet(number) for number in range(1, 7)]
    replies = await asyncio.gather(*(sign_in(Client(auth.app), one, email="New@example.com") for one in wallets))
    assert {reply.status for reply in replies} == {200}
    emails = sorted(user["email"] for user in await auth.context.rows.find_many("user"))
    assert emails.count("new@example.com") == 1
    assert len(set(emails)) == 6


async def test_an_unlinked_wallet_opens_nothing(make_auth: MakeAuth, clock: ManualClock) -> None:
    """better-auth 1.7.25 keeps the wallet's row, which goes on signing in."""
    auth = await made(make_auth, clock, account={"account_linking": {"allow_unlinking_all": True}})
    client = Client(auth.app)
    first = (await sign_in(client)).json()["user"]["id"]
    await sign_in(client, chain=10)
    accounts = (await client.get("/api/auth/list-accounts")).json()
    body = {"providerId": "siwe", "accountId": accounts[0]["id"]}
    assert (await client.post("/api/auth/unlink-account", body)).status == 200
    # The other chain is still linked, and brings the first back.
    assert await count(auth, "account", "walletAddress") == [1, 1]
    assert (await sign_in(Client(auth.app), chain=1)).json()["user"]["id"] == first
    for account in await auth.context.rows.find_many("account"):
        await auth.context.accounts.delete(account["id"])
    assert await count(auth, "account", "walletAddress") == [0, 0]
    # The user still has the wallet's own address, so the wallet cannot sign up before that one is changed.
    assert (await sign_in(Client(auth.app))).status == 401
    await auth.context.rows.update("user", {"email": "ada@example.com"}, Where("id", first))
    assert (await sign_in(Client(auth.app))).json()["user"]["id"] != first


async def test_who_claimed_anothers_address_is_shut_out_by_its_owner(make_auth: MakeAuth, clock: ManualClock) -> None:
    """Eve's wallet claims Ada's address; Ada proves it later, as with a provider or a mailed link."""
    auth = await made(make_auth, clock, {"anonymous": False})
    user_id = (await sign_in(Client(auth.app), EVE, email="ada@example.com")).json()["user"]["id"]
    user = await auth.context.users.find(user_id)
    assert user is not None
    assert (user["email"], user["emailVerified"]) == ("ada@example.com", False)
    async with auth.context.database.transaction():
        await shut_out(auth.context, user)
    assert await count(auth, *TABLES) == [1, 0, 0, 0]
    assert (await sign_in(Client(auth.app), EVE, email="ada@example.com")).json()["user"]["id"] != user_id


async def test_with_a_deleted_user_goes_the_wallet(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock, user={"delete_user": {"enabled": True}})
    client = Client(auth.app)
    await sign_in(client)
    assert (await client.post("/api/auth/delete-user", {})).status == 200
    assert await count(auth, *TABLES) == [0, 0, 0, 0]
    assert (await sign_in(client)).status == 200


async def test_the_calls_in_process(make_auth: MakeAuth, clock: ManualClock) -> None:
    auth = await made(make_auth, clock)
    message = ADA.message((await auth.api.get_nonce())["nonce"])
    answer = await auth.api.verify_siwe_message(body={"message": message, "signature": ADA.sign(message)})
    assert answer["success"] is True
    assert len((await auth.api.get_siwe_nonce(body={}))["nonce"]) == 32


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "domain"),
        ({"domain": " "}, r"Option `plugins\.siwe\.domain` is empty\. Set it to"),
        ({"domain": "app.test", "chain": 1}, "chain"),
        ({"domain": "app.test", "email_domain_name": ""}, r"`plugins\.siwe\.email_domain_name`: '' is not a domain"),
        ({"domain": "app.test", "email_domain_name": "@a.test"}, r"email_domain_name`: '@a\.test' is not a domain"),
    ],
)
def test_a_wrong_option_stops_the_start(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigurationError, match=text):
        siwe.load(options, "plugins.siwe")


def test_without_the_library_the_start_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *given: Any) -> Any:
        if name == "btclib_secp256k1":
            raise ImportError(name)
        return real(name, *given)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigurationError, match=r"Install the extra `siwe`: pip install 'betterauth-parity\[siwe\]'"):
        siwe(domain="app.test")
    assert siwe(domain="app.test", verify_message=lambda _: True).id == "siwe"
