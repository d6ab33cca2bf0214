"""What the scenarios of the oauth-popup plugin do not show: what its page posts, and attacks."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import uvicorn

from betterauth_py import BetterAuth
from betterauth_py.wire.cookies import set_signed_cookie
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.oauth_world import GitHub, begin, come_back, with_github

APP = "https://app.test"
COOKIE = "better-auth.oauth_popup"


async def popup_auth(make_auth: MakeAuth, **options: Any) -> BetterAuth:
    return await with_github(
        make_auth, GitHub(), plugins=["oauth-popup"], **{"trusted_origins": [APP, "https://*.shop.test"], **options}
    )


async def start(client: Client, **query: str) -> Reply:
    asked = {"provider": "github", "popupOrigin": APP, "popupNonce": "n1", "callbackURL": "/in", **query}
    return await client.get(f"/api/auth/oauth-popup/start?{urlencode(asked)}")


def state_of(reply: Reply) -> str:
    assert reply.status == 302, reply
    return parse_qs(urlsplit(reply.header("location") or "").query)["state"][0]


def data_of(reply: Reply) -> dict[str, Any]:
    text = reply.body.decode().partition(' id="better-auth-oauth-popup">')[2].partition("</script>")[0]
    data: dict[str, Any] = json.loads(text)
    return data


async def run_node(script: str, *arguments: str, given: bytes = b"") -> dict[str, Any]:
    """Return what a script of this folder prints."""
    pipe = asyncio.subprocess.PIPE
    path = Path(__file__).parent / script
    node = await asyncio.create_subprocess_exec("node", path, *arguments, stdin=pipe, stdout=pipe)
    output, _ = await asyncio.wait_for(node.communicate(given), 30)
    shown: dict[str, Any] = json.loads(output)
    return shown


async def played(reply: Reply) -> dict[str, Any]:
    """Run the page's script in Node."""
    return await run_node("run_page.mjs", given=reply.body)


async def test_the_page_posts_the_session_to_its_opener_only(make_auth: MakeAuth) -> None:
    client = Client((await popup_auth(make_auth)).app)
    reply = await come_back(client, state_of(await start(client)))
    page = await played(reply)
    message = {
        "type": "better-auth:oauth-popup",
        "nonce": "n1",
        "token": unquote(client.cookies["better-auth.session_token"]),
        "redirectTo": "/in",
    }
    assert page["posted"] == [{"message": message, "target": APP}]
    assert page["closed"]
    assert f"script-src 'sha256-{page['hash']}'" in (reply.header("content-security-policy") or "")
    assert reply.header("cache-control") == "no-store"


async def test_the_unmodified_client_signs_in(make_auth: MakeAuth, node_modules: None) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    base_url = f"http://localhost:{listening.getsockname()[1]}"
    app = (await popup_auth(make_auth, base_url=base_url)).app
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    outcomes = [await run_node("client.mjs", base_url, APP, code) for code in ("refused", "nobody", "ada")]
    server.should_exit = True
    await serving
    errors = [{"code": "access_denied", "message": "No"}, {"code": "invalid_code", "message": "invalid_code"}]
    failures = [{"result": {"data": None, "error": error}, "email": None} for error in errors]
    assert outcomes == [
        *failures,
        {"result": {"data": {"success": True}, "error": None}, "email": "ada@example.com"},
    ]


async def test_what_a_stranger_writes_does_not_run(make_auth: MakeAuth) -> None:
    client = Client((await popup_auth(make_auth)).app)
    evil = '</script><script>alert(1)</script><!--\u2028"\\'
    page = await played(await start(client, provider=evil, popupNonce=evil))
    assert page["scripts"] == 2
    assert page["posted"][0]["message"]["nonce"] == evil


FOREIGN = (
    "https://evil.test", "*", "null", "/", "", "//evil.test", "https://app.test@evil.test", "https://app.test.evil.test",
    "https://evil.test/https://app.test", "https://evil.test#.shop.test", "https://evil.test?.shop.test",
    "https://evil.test\\.shop.test", "javascript://app.test/%0aalert(1)", "data:text/html,x", "http://app.test",
    "https://app.test:444", " https://evil.test", "https://app.test\n", "\ud800",
)  # fmt: skip


async def test_no_foreign_page_is_answered(make_auth: MakeAuth) -> None:
    client = Client((await popup_auth(make_auth)).app)
    for origin in FOREIGN:
        query = urlencode({"provider": "github", "popupOrigin": origin}, errors="surrogatepass")
        reply = await client.get(f"/api/auth/oauth-popup/start?{query}")
        assert (reply.status, reply.json()["code"]) == (403, "INVALID_ORIGIN"), origin
        assert client.cookies == {}


async def test_no_popup_leads_elsewhere(make_auth: MakeAuth) -> None:
    client = Client((await popup_auth(make_auth)).app)
    for name in ("callbackURL", "errorCallbackURL", "newUserCallbackURL"):
        for url in ("https://evil.test", "//evil.test", "/\\evil.test", "javascript:alert(1)", "/a\r\nb: c"):
            reply = await start(client, **{name: url})
            assert (reply.status, data_of(reply)["error"]["description"]) == (200, f"Untrusted URL: {url}")
            assert client.cookies == {}


async def test_a_popup_is_answered_once(make_auth: MakeAuth) -> None:
    client = Client((await popup_auth(make_auth)).app)
    state = state_of(await start(client))
    old = dict(client.cookies)
    assert "token" in data_of(await come_back(client, state))
    assert COOKIE not in client.cookies
    again = Client(client.app, cookies=old)
    assert data_of(await come_back(again, state))["error"] == {"code": "state_mismatch"}
    assert "better-auth.session_token" not in again.cookies


OTHER_VALUES = (
    "", "x", "{}", "[]", "7", "null", '{"popupOrigin":7}', '{"popupOrigin":"https://app.test","popupNonce":[]}',
    '{"popupOrigin":"https://evil.test","popupNonce":"n1"}', '{"popupOrigin":"*"}', "[" * 3000,
)  # fmt: skip


async def test_a_signed_value_of_another_form_answers_nobody(make_auth: MakeAuth) -> None:
    auth = await popup_auth(make_auth)
    client = Client(auth.app)
    cookie = auth.context.make_cookie("oauth_popup", None)
    for value in OTHER_VALUES:
        state = await begin(client)
        signed = set_signed_cookie(cookie.name, value, auth.context.secrets.current, cookie.attributes)
        client.cookies[COOKIE] = signed.partition(";")[0].partition("=")[2]
        reply = await come_back(client, state)
        assert (reply.status, reply.header("location")) == (302, "/in"), value


async def test_a_forged_cookie_answers_nobody(make_auth: MakeAuth) -> None:
    client = Client((await popup_auth(make_auth)).app)
    state = state_of(await start(client))
    client.cookies[COOKIE] = client.cookies[COOKIE].replace("app.test", "bad.shop.test")
    assert (await come_back(client, state)).header("location") == "/in"


async def test_a_client_cannot_say_whose_account_it_becomes(make_auth: MakeAuth) -> None:
    auth = await popup_auth(make_auth)
    client = Client(auth.app)
    forged = {"link": {"userId": "1", "email": "ada@example.com"}, "serverContext": {"a": 1}, "expiresAt": 9e15}
    state = state_of(await start(client, additionalData=json.dumps({**forged, "theme": "dark"})))
    [row] = await auth.context.rows.find_many("verification")
    kept = json.loads(row["value"])
    assert kept["theme"] == "dark"
    assert not {"link", "serverContext"} & set(kept)
    assert kept["expiresAt"] != forged["expiresAt"]
    assert "token" in data_of(await come_back(client, state))
