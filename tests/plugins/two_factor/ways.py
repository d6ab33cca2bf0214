"""Ways in which somebody with a second factor can sign in otherwise than with a password."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from betterauth_py import BetterAuth
from betterauth_py.clock import ManualClock
from betterauth_py.plugins import Security, create_session, endpoint, set_session_cookie
from betterauth_py.plugins.tools import TOKEN_REPLY
from tests.http.client import Client, Reply
from tests.http.oauth_world import GitHub, begin, come_back
from tests.oauth.signing import public_keys, sign
from tests.plugins.passkey.support import Browser
from tests.plugins.siwe.wallet import Wallet
from tests.plugins.two_factor.support import ALICE, Person

API, NUMBER = "/api/auth", "+491701234567"
CHALLENGE = {"twoFactorRedirect": True, "twoFactorMethods": ["totp"]}
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
WALLET = Wallet(0xA11CE)


@dataclass
class Post:
    """What is mailed and texted."""

    last: dict[str, Any] = field(default_factory=dict)

    async def __call__(self, data: dict[str, Any], _: Any = None) -> None:
        self.last = data


@dataclass
class World:
    """Alice, and all that she could sign in with."""

    auth: BetterAuth
    person: Person
    post: Post
    clock: ManualClock

    async def sent(self, path: str, **body: Any) -> dict[str, Any]:
        """Ask for a link or a code and return what is sent."""
        reply = await Client(self.auth.app).post(f"{API}{path}", body)
        assert reply.status == 200, reply
        await self.auth.context.finish_background_work()
        return self.post.last


@endpoint(
    "/of-ones-own",
    methods=("POST",),
    security=Security.PUBLIC,
    operation_id="ofOnesOwn",
    reply=TOKEN_REPLY,
    tags=("Own",),
)
async def of_ones_own(ctx: Any) -> dict[str, Any]:
    """Sign Alice in."""
    user = await ctx.auth.users.find_by_email(ALICE)
    session = await create_session(ctx.auth, user["id"])
    assert session is not None
    await set_session_cookie(ctx, session, user)
    return {"token": session["token"]}


async def magic(world: World, client: Client) -> Reply:
    token = (await world.sent("/sign-in/magic-link", email=ALICE))["token"]
    return await client.get(f"{API}/magic-link/verify?token={token}")


async def magic_redirecting(world: World, client: Client) -> Reply:
    token = (await world.sent("/sign-in/magic-link", email=ALICE))["token"]
    return await client.get(f"{API}/magic-link/verify?token={token}&callbackURL=/in")


async def mailed_code(world: World, client: Client) -> Reply:
    code = (await world.sent("/email-otp/send-verification-otp", email=ALICE, type="sign-in"))["otp"]
    return await client.post(f"{API}/sign-in/email-otp", {"email": ALICE, "otp": code})


async def verifying_code(world: World, client: Client) -> Reply:
    code = (await world.sent("/email-otp/send-verification-otp", email=ALICE, type="email-verification"))["otp"]
    return await client.post(f"{API}/email-otp/verify-email", {"email": ALICE, "otp": code})


async def verifying_link(world: World, client: Client) -> Reply:
    user = await world.auth.context.users.find_by_email(ALICE)
    assert user is not None
    await world.auth.context.users.update(user["id"], {"emailVerified": False})
    token = (await world.sent("/send-verification-email", email=ALICE))["token"]
    return await client.get(f"{API}/verify-email?token={token}&callbackURL=/in")


async def texted_code(world: World, client: Client) -> Reply:
    code = (await world.sent("/phone-number/send-otp", phoneNumber=NUMBER))["code"]
    return await client.post(f"{API}/phone-number/verify", {"phoneNumber": NUMBER, "code": code})


async def provider(_: World, client: Client) -> Reply:
    return await come_back(client, await begin(client), "alice")


async def popup(_: World, client: Client) -> Reply:
    start = await client.get(
        f"{API}/oauth-popup/start?provider=github&popupNonce=abc&popupOrigin=http://localhost:3000&callbackURL=/in"
    )
    assert start.status == 302, start
    state = httpx.URL(start.header("location") or "").params["state"]
    return await come_back(client, state, "alice")


def google_token(world: World) -> str:
    seconds = world.clock.milliseconds() // 1000
    claims = {"iss": "https://accounts.google.com", "aud": "web", "sub": "70", "email": ALICE, "email_verified": True}
    return sign({**claims, "name": "Alice", "iat": seconds, "exp": seconds + 3600})


async def id_token(world: World, client: Client) -> Reply:
    return await client.post(f"{API}/sign-in/social", {"provider": "google", "idToken": {"token": google_token(world)}})


async def tapped(world: World, client: Client) -> Reply:
    return await client.post(f"{API}/one-tap/callback", {"idToken": google_token(world)})


async def key(world: World, client: Client) -> Reply:
    browser = Browser(world.auth)
    browser.client = client
    return await browser.sign_in("laptop flags=01")


async def wallet(_: World, client: Client) -> Reply:
    nonce = (await client.post(f"{API}/siwe/nonce", {})).json()["nonce"]
    message = WALLET.message(nonce)
    return await client.post(f"{API}/siwe/verify", {"message": message, "signature": WALLET.sign(message)})


async def device(world: World, client: Client) -> Reply:
    codes = (await client.post(f"{API}/device/code", {"client_id": "tv"})).json()
    await world.person.client.get(f"{API}/device?user_code={codes['user_code']}")
    approved = await world.person.client.post(f"{API}/device/approve", {"userCode": codes["user_code"]})
    assert approved.status == 200, approved
    body = {"grant_type": GRANT_TYPE, "device_code": codes["device_code"], "client_id": "tv"}
    return await client.post(f"{API}/device/token", body)


async def plugin(_: World, client: Client) -> Reply:
    return await client.post(f"{API}/of-ones-own")


Way = Callable[[World, Client], Awaitable[Reply]]
JSON: list[Way] = [magic, mailed_code, verifying_code, texted_code, id_token, tapped, key, wallet, device, plugin]
REDIRECTING: list[Way] = [magic_redirecting, verifying_link, provider, popup]


def answering(github: GitHub) -> httpx.AsyncClient:
    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "www.googleapis.com":
            return httpx.Response(200, json={"keys": public_keys()})
        return await github._answer(request)

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))
