"""The page at `/`, and where the application is."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, sign_up
from tests.http.test_app import PageReader
from tests.http.test_mailed_steps import Mails

APP = "https://app.example.com"


async def test_a_page_says_whose_server_this_is_and_leads_to_the_application(make_auth: MakeAuth) -> None:
    auth = await make_auth(app_name="Tom & <Jerry>", app_url="https://App.example.com/")
    reply = await Client(auth.app).get("/")
    text = reply.body.decode()
    page = PageReader()
    page.feed(text)
    assert (reply.status, reply.header("content-type")) == (200, "text/html; charset=utf-8")
    assert "<h1>Tom &amp; &lt;Jerry&gt;</h1>" in text
    assert page.links == [APP, "/reference", "/openapi.json"]
    assert page.foreign == []
    assert "default-src 'none'" in (reply.header("content-security-policy") or "")
    head = await Client(auth.app).send("HEAD", "/")
    assert (head.status, head.body, head.header("content-length")) == (200, b"", str(len(reply.body)))


async def test_production_links_to_the_application_alone(make_auth: MakeAuth) -> None:
    auth = await make_auth(base_url="https://auth.example.com", rate_limit={"enabled": False}, app_url=APP)
    client = Client(auth.app, host="auth.example.com")
    page = PageReader()
    page.feed((await client.get("/")).body.decode())
    assert page.links == [APP]
    sent = await client.get("/api/auth/error?error=state_not_found")
    assert (sent.status, sent.header("location")) == (302, f"{APP}/?error=state_not_found")


async def test_an_error_that_leads_here_is_shown(make_auth: MakeAuth) -> None:
    client = Client((await make_auth(base_url="https://auth.example.com", rate_limit={"enabled": False})).app)
    sent = await client.get("/api/auth/error?error=state_not_found")
    assert sent.header("location") == "/?error=state_not_found"
    assert b"Something went wrong: <code>state_not_found</code>" in (await client.get("/?error=state_not_found")).body
    strange = (await client.get("/?error=%3Cscript%3E" + "x" * 500)).body
    assert b"<script" not in strange
    assert b"x" * 100 not in strange


async def test_the_page_can_be_turned_off_and_gives_way_to_a_base_path_of_its_own(make_auth: MakeAuth) -> None:
    for options in ({"landing_page": False}, {"base_path": "/"}):
        reply = await Client((await make_auth(**options)).app).get("/")
        assert (reply.status, reply.body) == (404, b"")


async def test_go_home_leads_to_the_application(make_auth: MakeAuth) -> None:
    for url, home in ((None, "/"), (APP, APP)):
        page = PageReader()
        page.feed((await Client((await make_auth(app_url=url)).app).get("/api/auth/error")).body.decode())
        assert page.links == [home]


@pytest.mark.parametrize(("app_url", "origin"), [(None, ""), (APP, APP)])
async def test_relative_redirects_of_links_lead_to_the_application(
    make_auth: MakeAuth, app_url: str | None, origin: str
) -> None:
    mails = Mails()
    auth = await make_auth(
        app_url=app_url,
        email_and_password={"send_reset_password": mails.send},
        email_verification={"send_verification_email": mails.send, "send_on_sign_up": True},
    )
    client = Client(auth.app)
    await sign_up(client, callbackURL="/welcome?a=b")
    link = (await mails.next())["url"].removeprefix("http://localhost:3000")
    assert (await client.get(link)).header("location") == f"{origin}/welcome?a=b"
    broken = await client.get("/api/auth/verify-email?token=x&callbackURL=/welcome")
    assert broken.header("location") == f"{origin}/welcome?error=INVALID_TOKEN"
    await client.post("/api/auth/request-password-reset", {"email": ALICE["email"], "redirectTo": "/new-password"})
    mail = await mails.next()
    sent = (await client.get(mail["url"].removeprefix("http://localhost:3000"))).header("location")
    assert sent == f"{origin or 'http://localhost:3000'}/new-password?token={mail['token']}"
    # What leaves the site is refused before it is led anywhere.
    for evil in ("//evil.test", "/.//evil.test", "/\\evil.test", "https://evil.test"):
        assert (await client.get(f"/api/auth/verify-email?token=x&callbackURL={evil}")).status == 403


async def test_the_application_is_trusted(make_auth: MakeAuth) -> None:
    assert (await make_auth(app_url=APP)).context.static_origins == ["http://localhost:3000", APP]


@pytest.mark.parametrize("app_url", ["app.example.com", "/home", "https://*.example.com", "myapp://", f"{APP}/home"])
def test_an_application_that_is_not_one_site_stops_the_start(app_url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^Option `app_url` \(BETTER_AUTH_APP_URL\): "):
        BetterAuth(secret=SECRET, base_url="http://localhost:3000", app_url=app_url)


def test_the_environment_names_the_application(monkeypatch: Any) -> None:
    monkeypatch.setenv("BETTER_AUTH_APP_URL", APP)
    assert BetterAuth(secret=SECRET).options.app_url == APP
