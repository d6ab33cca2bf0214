"""What the scenarios of the anonymous plugin do not show: races, failures, forged states, calls in process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.crypto.random import generate_id
from betterauth_py.plugins import Where
from betterauth_py.plugins.anonymous import anonymous
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.oauth_world import count

PASSWORD = "correct horse battery"
_GITHUB = {"github": {"client_id": "web", "client_secret": "secret"}}


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "sqlite":
        return {}
    return {"database": {"url": request.getfixturevalue("postgres").database(f"anonymous_{generate_id(8).lower()}")}}


async def made(make_auth: MakeAuth, on_link: Callable[..., Any] | None = None, **more: Any) -> BetterAuth:
    return await make_auth(plugins={"anonymous": {"on_link_account": on_link}}, **more)


async def guest_of(auth: BetterAuth) -> tuple[Client, str]:
    client = Client(auth.app)
    return client, (await client.post("/api/auth/sign-in/anonymous", {})).json()["user"]["id"]


def same_browser(client: Client) -> Client:
    return Client(client.app, cookies=dict(client.cookies))


async def sign_up(client: Client, name: str) -> Reply:
    body = {"name": name, "email": f"{name}@example.com", "password": PASSWORD}
    return await client.post("/api/auth/sign-up/email", body)


async def find(auth: BetterAuth, user_id: str) -> Any:
    return await auth.context.users.find(user_id)


async def test_of_eight_sign_ups_at_once_one_gets_what_the_guest_had(
    make_auth: MakeAuth, stored: dict[str, Any]
) -> None:
    linked: list[Any] = []

    async def on_link(data: dict[str, Any], _: Any) -> None:
        await asyncio.sleep(0.05)
        assert await find(auth, data["anonymous_user"]["user"]["id"]) is not None
        linked.append((data["anonymous_user"]["user"]["id"], data["new_user"]["user"]["name"]))

    auth = await made(make_auth, on_link, **stored)
    client, guest = await guest_of(auth)
    replies = await asyncio.gather(*(sign_up(same_browser(client), f"user{number}") for number in range(8)))
    assert {reply.status for reply in replies} == {200}
    assert [one for one, _ in linked] == [guest]
    assert await find(auth, guest) is None
    # Nobody else is deleted, and everybody is signed in.
    assert await count(auth, "user", "session") == [8, 8]


async def test_a_guest_who_links_and_deletes_itself_at_once_loses_nothing_half_moved(
    make_auth: MakeAuth, stored: dict[str, Any]
) -> None:
    seen = []

    async def on_link(data: dict[str, Any], _: Any) -> None:
        await asyncio.sleep(0.05)
        seen.append(await find(auth, data["anonymous_user"]["user"]["id"]) is not None)

    auth = await made(make_auth, on_link, **stored)
    for number in range(4):
        client, guest = await guest_of(auth)
        deleting = same_browser(client).post("/api/auth/delete-anonymous-user", {})
        linked, deleted = await asyncio.gather(sign_up(same_browser(client), f"user{number}"), deleting)
        assert (linked.status, deleted.status in {200, 401, 403}) == (200, True)
        assert await find(auth, guest) is None
    assert all(seen)
    assert await count(auth, "user") == [4]


@pytest.mark.parametrize("failure", [RuntimeError("broken"), asyncio.CancelledError()])
async def test_a_guest_whose_link_fails_is_a_guest_as_before(make_auth: MakeAuth, failure: BaseException) -> None:
    calls = []

    async def on_link(data: dict[str, Any], _: Any) -> None:
        calls.append(data["new_user"]["user"]["name"])
        if len(calls) == 1:
            raise failure

    auth = await made(make_auth, on_link)
    client, guest = await guest_of(auth)
    before = await find(auth, guest)
    browser = same_browser(client)
    if isinstance(failure, asyncio.CancelledError):
        with pytest.raises(asyncio.CancelledError):
            await sign_up(client, "first")
    else:
        assert (await sign_up(client, "first")).status == 500
    assert await find(auth, guest) == before
    assert (await sign_up(browser, "second")).status == 200
    assert (calls, await find(auth, guest)) == (["first", "second"], None)


async def test_who_is_no_guest_any_more_is_neither_linked_nor_deleted(make_auth: MakeAuth) -> None:
    linked: list[Any] = []
    auth = await made(make_auth, lambda data, _: linked.append(data))
    client, user_id = await guest_of(auth)
    await auth.context.rows.update("user", {"isAnonymous": False}, Where("id", user_id))
    browser = same_browser(client)
    assert (await sign_up(client, "ada")).status == 200
    assert (await browser.post("/api/auth/delete-anonymous-user", {})).status == 403
    assert (linked, (await find(auth, user_id))["isAnonymous"]) == ([], False)


async def test_a_cached_session_of_a_deleted_guest_links_nobody(make_auth: MakeAuth) -> None:
    linked: list[Any] = []
    auth = await made(make_auth, lambda data, _: linked.append(data), session={"cookie_cache": {"enabled": True}})
    client, guest = await guest_of(auth)
    async with auth.context.database.transaction():
        await auth.context.users.delete(guest)
    assert (await sign_up(client, "ada")).status == 200
    assert linked == []
    assert (await client.get("/api/auth/get-session")).json()["user"]["name"] == "ada"


def _answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/login/oauth/access_token":
        return httpx.Response(200, json={"access_token": "gho", "token_type": "bearer", "scope": "user:email"})
    user = {"id": 7, "login": "ada", "name": "Ada", "email": "ada@example.com"}
    emails = [{"email": "ada@example.com", "primary": True, "verified": True}]
    return httpx.Response(200, json=emails if request.url.path == "/user/emails" else user)


async def begin(client: Client, **body: Any) -> str:
    reply = await client.post("/api/auth/sign-in/social", {"provider": "github", "callbackURL": "/in", **body})
    state: str = parse_qs(urlsplit(reply.json()["url"]).query)["state"][0]
    return state


async def come_back(client: Client, state: str) -> Reply:
    return await client.get(f"/api/auth/callback/github?code=c&state={state}")


@pytest.mark.parametrize("strategy", ["database", "cookie"])
async def test_a_client_cannot_name_the_guest_of_a_state(make_auth: MakeAuth, strategy: str) -> None:
    linked: list[Any] = []
    auth = await made(
        make_auth,
        lambda data, _: linked.append(data["anonymous_user"]["user"]["id"]),
        social_providers=_GITHUB,
        account={"store_state_strategy": strategy},
        http_client=httpx.AsyncClient(transport=httpx.MockTransport(_answer)),
    )
    _, victim = await guest_of(auth)
    client = Client(auth.app)
    forged = {"serverContext": {"anonymousUserId": victim}, "anonymousUserId": victim}
    state = await begin(client, additionalData=forged)
    assert (await come_back(client, state)).header("location") == "/in"
    assert linked == []
    assert await find(auth, victim) is not None


async def test_callbacks_without_the_cookie_link_the_guest_of_the_state_once(make_auth: MakeAuth) -> None:
    """As in Expo, whose browser has only the state's cookie; two sign-ins were begun by the same guest."""
    linked: list[Any] = []
    auth = await made(
        make_auth,
        lambda data, _: linked.append(data["anonymous_user"]["user"]["id"]),
        social_providers=_GITHUB,
        http_client=httpx.AsyncClient(transport=httpx.MockTransport(_answer)),
    )
    client, guest = await guest_of(auth)
    session = auth.context.cookies.session_token.name
    browsers = []
    for _ in range(2):
        browser = same_browser(client)
        state = await begin(browser)
        browser.cookies.pop(session)
        browsers.append((browser, state))
    replies = await asyncio.gather(*(come_back(*one) for one in browsers))
    assert {reply.header("location") for reply in replies} == {"/in"}
    assert (linked, await find(auth, guest)) == ([guest], None)
    assert await count(auth, "user") == [1]


async def test_a_guest_whose_sessions_have_ended_is_not_linked_by_a_state(make_auth: MakeAuth) -> None:
    linked: list[Any] = []
    auth = await made(
        make_auth,
        lambda data, _: linked.append(data),
        social_providers=_GITHUB,
        http_client=httpx.AsyncClient(transport=httpx.MockTransport(_answer)),
    )
    client, guest = await guest_of(auth)
    state = await begin(client)
    await auth.context.sessions.delete_all_of(guest)
    assert (await come_back(client, state)).header("location") == "/in"
    assert linked == []
    assert await find(auth, guest) is not None


async def test_the_calls_in_process(make_auth: MakeAuth) -> None:
    linked: list[Any] = []
    auth = await made(make_auth, lambda data, ctx: linked.append((data["new_user"]["user"]["name"], ctx.path)))
    answer = await auth.api.sign_in_anonymous(return_headers=True)
    assert answer.response["user"]["isAnonymous"] is True
    cookie = "; ".join(one.partition(";")[0] for one in answer.headers.cookies)
    body = {"name": "Ada", "email": "ada@example.com", "password": PASSWORD}
    await auth.api.sign_up_email(body=body, headers={"cookie": cookie})
    assert linked == [("Ada", "/sign-up/email")]
    answer = await auth.api.sign_in_anonymous(return_headers=True)
    cookie = "; ".join(one.partition(";")[0] for one in answer.headers.cookies)
    assert await auth.api.delete_anonymous_user(headers={"cookie": cookie}) == {"success": True}
    assert await count(auth, "user") == [1]


async def test_get_session_pays_nothing(make_auth: MakeAuth) -> None:
    auth = await made(make_auth)
    for hook in (hook for plugin in auth.context.plugins for hook in (*plugin.before, *plugin.after)):
        assert not hook.touches("/get-session")


@pytest.mark.parametrize("domain", ["", "@example.com", "example.com/x", "exa mple.com", "example..com"])
def test_a_domain_that_is_none_stops_the_start(domain: str) -> None:
    with pytest.raises(ConfigurationError, match=r"plugins\.anonymous\.email_domain_name"):
        anonymous(email_domain_name=domain)
