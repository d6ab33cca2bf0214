"""The option `challenged_sign_ins`: every way that proves one factor is asked for the second, or none but passwords."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from betterauth_py import ConfigurationError
from betterauth_py.clock import ManualClock
from betterauth_py.plugins import Plugin, Where
from betterauth_py.plugins.bearer import bearer
from betterauth_py.plugins.device_authorization import device_authorization
from betterauth_py.plugins.email_otp import email_otp
from betterauth_py.plugins.expo import expo
from betterauth_py.plugins.magic_link import magic_link
from betterauth_py.plugins.multi_session import multi_session
from betterauth_py.plugins.oauth_popup import oauth_popup
from betterauth_py.plugins.one_tap import one_tap
from betterauth_py.plugins.one_time_token import one_time_token
from betterauth_py.plugins.passkey import passkey
from betterauth_py.plugins.phone_number import phone_number
from betterauth_py.plugins.siwe import siwe
from betterauth_py.plugins.two_factor import two_factor
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.oauth_world import GitHub
from tests.http.people import PASSWORD
from tests.plugins.passkey.support import Browser
from tests.plugins.two_factor.support import ALICE, enable, is_signed_in, verify
from tests.plugins.two_factor.ways import (
    API,
    CHALLENGE,
    JSON,
    NUMBER,
    REDIRECTING,
    WALLET,
    Post,
    Way,
    World,
    answering,
    device,
    key,
    mailed_code,
    of_ones_own,
    verifying_link,
    wallet,
)

PAGE = "http://localhost:3000/two-factor"
SESSION_COOKIES = ("better-auth.session_token", "better-auth.session_data", "better-auth.account_data")


@pytest.fixture
async def make_world(make_auth: MakeAuth) -> Callable[..., Awaitable[World]]:
    async def make(**options: Any) -> World:
        post, clock = Post(), ManualClock()
        alice = {"id": 9, "login": "alice", "name": "Alice", "email": ALICE, "verified": True}
        others = [
            bearer(),
            one_time_token(set_ott_header_on_new_session=True),
            multi_session(),
            oauth_popup(),
            expo(),
            magic_link(send_magic_link=post),
            email_otp(send_verification_otp=post),
            phone_number(send_otp=post),
            passkey(),
            siwe(domain="app.test"),
            one_tap(client_id="web"),
            device_authorization(),
            Plugin(id="own", endpoints=[of_ones_own]),
        ]
        auth = await make_auth(
            plugins=[*others, two_factor(**options)],
            clock=clock,
            http_client=answering(GitHub(people={"alice": alice})),
            social_providers={
                "github": {"client_id": "id", "client_secret": "secret"},
                "google": {"client_id": "web", "client_secret": "secret"},
            },
            email_verification={"send_verification_email": post, "auto_sign_in_after_verification": True},
            session={"cookie_cache": {"enabled": True}},
            account={"store_account_cookie": True},
            rate_limit={"enabled": False},
        )
        person = await enable(auth)
        browser = Browser(auth)
        browser.client = person.client
        assert (await browser.register("laptop")).status == 200
        await person.client.post("/api/auth/siwe/nonce", {})
        context = auth.context
        user = await context.users.find_by_email(ALICE)
        assert user is not None
        verified = {"emailVerified": True, "phoneNumber": NUMBER, "phoneNumberVerified": True}
        await context.users.update(user["id"], verified)
        world = World(auth, person, post, clock)
        assert (await wallet(world, Client(auth.app))).status == 200
        await context.rows.update("walletAddress", {"userId": user["id"]}, Where("address", WALLET.address))
        return world

    return make


def is_challenge(way: Way, reply: Reply) -> bool:
    if way in REDIRECTING:
        return (reply.status, reply.header("location")) == (302, PAGE)
    return (reply.status, reply.json()) == (200, CHALLENGE)


@pytest.mark.parametrize("way", [*JSON, *REDIRECTING], ids=lambda way: way.__name__)
async def test_every_way_is_asked_for_the_second_factor(make_world: Callable[..., Awaitable[World]], way: Way) -> None:
    world = await make_world(challenged_sign_ins="all", redirect_url=PAGE)
    rows, client = world.auth.context.rows, Client(world.auth.app)
    before = await rows.count("session")
    reply = await way(world, client)
    assert is_challenge(way, reply), reply
    assert await rows.count("session") == before
    assert {name for name, _ in reply.headers} & {"set-auth-token", "set-ott"} == set()
    assert not any(name in client.cookies for name in SESSION_COOKIES)
    assert not any("_multi-" in name for name in client.cookies)
    assert not await is_signed_in(client)
    # The code completes it, and a trusted device is not asked the next time.
    reply = await verify(client, world.person.code(), trustDevice=True)
    assert reply.status == 200
    assert await is_signed_in(client)
    again = Client(world.auth.app, cookies={name: v for name, v in client.cookies.items() if "trust_device" in name})
    assert again.cookies
    reply = await way(world, again)
    assert not is_challenge(way, reply), reply
    assert way is device or await is_signed_in(again)


async def test_without_the_option_only_passwords_are(make_world: Callable[..., Awaitable[World]]) -> None:
    world = await make_world()
    for way in [*JSON, *REDIRECTING]:
        client = Client(world.auth.app)
        reply = await way(world, client)
        assert reply.status < 400, (way, reply)
        assert not is_challenge(way, reply), way
        assert way is device or await is_signed_in(client), way


async def test_what_has_proven_two_factors_or_goes_on_is_not_asked(
    make_world: Callable[..., Awaitable[World]],
) -> None:
    world = await make_world(challenged_sign_ins="all", redirect_url=PAGE)
    client, own = Browser(world.auth), world.person.client
    # A passkey whose authenticator has verified the user.
    assert "session" in (await client.sign_in("laptop flags=05")).json()
    # A one-time token opens the session that has made it.
    token = (await own.get(f"{API}/one-time-token/generate")).json()["token"]
    other = Client(world.auth.app)
    assert "session" in (await other.post(f"{API}/one-time-token/verify", {"token": token})).json()
    assert await is_signed_in(other)
    # A session that is shown again, replaced or prolonged is no sign-in.
    assert (await own.post(f"{API}/update-user", {"name": "Ada"})).json() == {"status": True}
    body = {"currentPassword": PASSWORD, "newPassword": "another password", "revokeOtherSessions": True}
    assert (await own.post(f"{API}/change-password", body)).json()["token"]
    world.clock.advance(3 * 86_400)
    assert await is_signed_in(own)
    # Signing in once more is one.
    given = {"email": ALICE, "password": "another password"}
    assert (await own.post(f"{API}/sign-in/email", given)).json() == CHALLENGE
    assert (await mailed_code(world, own)).json() == CHALLENGE


async def test_the_session_of_another_does_not_spare_the_code(make_world: Callable[..., Awaitable[World]]) -> None:
    world = await make_world(challenged_sign_ins="all", redirect_url=PAGE)
    client = Client(world.auth.app)
    body = {"name": "Eve", "email": "eve@example.com", "password": PASSWORD}
    assert (await client.post(f"{API}/sign-up/email", body)).status == 200
    for way in (mailed_code, verifying_link, key):
        assert is_challenge(way, await way(world, client)), way


async def test_a_path_leads_to_the_application(make_auth: MakeAuth) -> None:
    post = Post()
    auth = await make_auth(
        plugins=[
            magic_link(send_magic_link=post), two_factor(challenged_sign_ins="all", redirect_url="/two-factor"),
        ],
        app_url="http://localhost:5173",
    )  # fmt: skip
    person = await enable(auth)
    await person.client.post(f"{API}/sign-in/magic-link", {"email": ALICE, "callbackURL": "/in"})
    await auth.context.finish_background_work()
    reply = await Client(auth.app).get(f"{API}/magic-link/verify?token={post.last['token']}&callbackURL=/in")
    assert reply.header("location") == "http://localhost:5173/two-factor"


@pytest.mark.parametrize(
    "url", ["", "two-factor", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/a\r\nb", "/ä"]
)
def test_what_is_no_page_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"plugins\.two-factor\.redirect_url"):
        two_factor(redirect_url=url)


def test_all_needs_a_page() -> None:
    with pytest.raises(ConfigurationError, match=r"redirect_url` is missing"):
        two_factor(challenged_sign_ins="all")
