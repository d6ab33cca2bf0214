"""Whoever signed up with another's address has something under way while the owner proves it: it gives no access.

A plugin stops the takeover where everything is revoked and nothing is committed yet. What is under way then waits for
its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth
from betterauth_py.conformance.passkeys import attested
from betterauth_py.core.caller import NoRequest
from betterauth_py.core.plugin import Plugin
from betterauth_py.crypto.random import generate_id
from betterauth_py.crypto.signing import encode_base64url
from betterauth_py.flows.proven_sign_in import sign_in_by_proof
from betterauth_py.plugins import Contributions, Where
from betterauth_py.plugins.passkey import passkey
from tests.conftest import MakeAuth
from tests.plugins.passkey.support import Browser
from tests.plugins.phone_number.support import SEND, VERIFY, Texts, with_texts

NUMBER = "+491701234567"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
VERIFIER = "a-verifier-that-only-the-app-knows"
TRANSFER = "client_id=electron&state=s&code_challenge=" + encode_base64url(sha256(VERIFIER.encode()).digest())
Act = Callable[[], Awaitable[Any]]


@dataclass
class World:
    """A server, Eve in a browser, signed in with Ada's unverified address, and the takeover."""

    auth: BetterAuth
    texts: Texts
    entered: asyncio.Event
    leave: asyncio.Event
    eve: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.eve = Browser(self.auth)

    async def code(self) -> dict[str, str]:
        """Have a code texted; return what proves it."""
        assert (await Browser(self.auth).client.post(SEND, {"phoneNumber": NUMBER})).status == 200
        await self.auth.context.finish_background_work()
        return {"phoneNumber": NUMBER, "code": self.texts.code_to(NUMBER)}

    async def device(self) -> dict[str, str]:
        """Let a device ask; return its codes."""
        codes: dict[str, str] = (await self.eve.client.post("/api/auth/device/code", {"client_id": "tv"})).json()
        return codes

    async def poll(self, codes: dict[str, str]) -> Any:
        """Let the device ask for its session."""
        body = {"grant_type": GRANT_TYPE, "device_code": codes["device_code"], "client_id": "tv"}
        return await Browser(self.auth).client.post("/api/auth/device/token", body)

    async def approve(self, codes: dict[str, str]) -> None:
        """Claim and approve the device as Eve."""
        await self.eve.client.get(f"/api/auth/device?user_code={codes['user_code']}")
        await self.eve.client.post("/api/auth/device/approve", {"userCode": codes["user_code"]})

    async def app_code(self) -> str | None:
        """Let the electron app ask for a code of Eve's."""
        reply = await self.eve.client.post(f"/api/auth/electron/transfer-user?{TRANSFER}", {})
        code: str | None = reply.json().get("electron_authorization_code")
        return code

    async def exchange(self, code: str | None) -> None:
        """Let the electron app exchange its code."""
        body = {"token": code or "none", "state": "s", "code_verifier": VERIFIER}
        await Browser(self.auth).client.post("/api/auth/electron/token", body)


async def texted_sign_in(world: World) -> Act:
    verified = {**await world.code(), "updatePhoneNumber": True}
    assert (await world.eve.client.post(VERIFY, verified)).status == 200
    code = await world.code()
    return lambda: Browser(world.auth).client.post(VERIFY, code)


async def number(world: World) -> Act:
    code = {**await world.code(), "updatePhoneNumber": True}
    return lambda: world.eve.client.post(VERIFY, code)


async def approved_device(world: World) -> Act:
    codes = await world.device()
    await world.approve(codes)
    return lambda: world.poll(codes)


async def device(world: World) -> Act:
    codes = await world.device()

    async def act() -> None:
        await world.approve(codes)
        await world.poll(codes)

    return act


async def passkey_sign_in(world: World) -> Act:
    assert (await world.eve.register("hers")).status == 200
    return lambda: Browser(world.auth).sign_in("hers counter=1")


async def passkey_registration(world: World) -> Act:
    response = attested(await world.eve.challenge("register"), "hers")
    return lambda: world.eve.send("registration", response)


async def passkey_registration_without_a_session(world: World) -> Act:
    response = attested(await world.eve.challenge("register"), "hers")
    del world.eve.client.cookies["better-auth.session_token"]
    return lambda: world.eve.send("registration", response, createSession=True)


async def app(world: World) -> Act:
    code = await world.app_code()
    return lambda: world.exchange(code)


async def code_for_an_app(world: World) -> Act:
    async def act() -> None:
        await world.exchange(await world.app_code())

    return act


async def first_password(world: World) -> Act:
    await world.auth.context.rows.delete_many("account")
    cookie = "; ".join(f"{name}={value}" for name, value in world.eve.client.cookies.items())

    async def act() -> None:
        with pytest.raises(APIError):
            await world.auth.api.set_password(body={"newPassword": "eve's own password"}, headers={"cookie": cookie})

    return act


WAYS = [
    texted_sign_in,
    number,
    approved_device,
    device,
    passkey_sign_in,
    passkey_registration,
    passkey_registration_without_a_session,
    app,
    code_for_an_app,
    first_password,
]


@pytest.fixture
async def worlds(make_auth: MakeAuth, postgres: Any) -> Callable[..., Awaitable[World]]:
    async def make(way: Any, **options: Any) -> World:
        entered, leave, texts = asyncio.Event(), asyncio.Event(), Texts()

        async def stop(_: dict[str, Any]) -> None:
            entered.set()
            await leave.wait()

        stopping = Plugin(id="stopping", setup=lambda _: Contributions(access_revokers=[stop]))
        with_session = way is not passkey_registration_without_a_session
        texting = with_texts(texts)
        plugins = [
            *texting.pop("plugins"),
            "device-authorization",
            "electron",
            passkey(registration={"require_session": with_session}),
            stopping,
        ]
        database = {"url": postgres.database(f"at_once_{generate_id(8).lower()}")}
        world = World(await make_auth(**texting, **options, plugins=plugins, database=database), texts, entered, leave)
        await world.eve.sign_up("ada")
        return world

    return make


async def played(world: World, way: Any) -> None:
    act = await way(world)

    async def nobody() -> Any:
        raise AssertionError

    takeover = asyncio.create_task(sign_in_by_proof(NoRequest(world.auth.context), "ada@example.com", nobody))
    await world.entered.wait()
    acting = asyncio.ensure_future(act())
    await asyncio.wait([acting], timeout=0.3)
    world.leave.set()
    adas = await takeover
    await acting
    rows, own = world.auth.context.rows, Where("userId", adas.user["id"])
    assert {row["token"] for row in await rows.find_many("session", own)} <= {adas.session["token"]}
    assert [await rows.count(model, own) for model in ("account", "passkey")] == [0, 0]
    (user,) = await rows.find_many("user", Where("id", adas.user["id"]))
    assert (user["phoneNumber"], user["emailVerified"]) == (None, True)
    active = await world.auth.context.sessions.list_active(user["id"], world.auth.context.now())
    assert {row["token"] for row in active} == {adas.session["token"]}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_what_is_under_way_during_a_takeover_gives_no_access(
    worlds: Callable[..., Awaitable[World]], way: Any
) -> None:
    await played(await worlds(way), way)


async def test_sessions_in_secondary_storage_end_before_others_may_go_on(
    worlds: Callable[..., Awaitable[World]], redis: Any
) -> None:
    await played(await worlds(number, secondary_storage={"url": redis.url}), number)


@pytest.mark.parametrize("way", [texted_sign_in, approved_device, passkey_sign_in, app], ids=lambda way: way.__name__)
async def test_a_session_that_begins_before_the_takeover_ends_with_it(
    worlds: Callable[..., Awaitable[World]], way: Any
) -> None:
    """The takeover starts between what is checked and the session: it waits for the session, and revokes it."""
    takeovers: list[asyncio.Task[Any]] = []
    is_ready = asyncio.Event()

    async def nobody() -> Any:
        raise AssertionError

    async def start(_: dict[str, Any], __: Any) -> None:
        if is_ready.is_set() and not takeovers:
            proof = sign_in_by_proof(NoRequest(world.auth.context), "ada@example.com", nobody)
            # Not in the transaction of the call.
            takeovers.append(asyncio.create_task(proof, context=outside))
            await asyncio.wait(takeovers, timeout=0.3)

    outside = copy_context()
    world = await worlds(way, database_hooks={"session": {"create": {"before": start}}})
    world.leave.set()
    act = await way(world)
    is_ready.set()
    await act()
    adas = await takeovers[0]
    found = await world.auth.context.rows.find_many("session", Where("userId", adas.user["id"]))
    assert [row["token"] for row in found] == [adas.session["token"]]
