"""Without a base URL anybody can write the Host: no mailed link leads there unless it is known to be this server."""

from __future__ import annotations

import asyncio
import logging

import pytest

from betterauth_py import BetterAuth
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.test_mailed_steps import EMAIL, PASSWORD, Mails

RESET = "/api/auth/request-password-reset"


async def links_for(auth: BetterAuth, mails: Mails, host: str) -> list[str]:
    assert (await Client(auth.app, host=host).post(RESET, {"email": EMAIL})).status == 200
    for _ in range(20):
        await asyncio.sleep(0.01)
    sent, mails.sent = mails.sent, []
    return [mail["url"].partition("/api/")[0] for mail in sent]


async def embedded(make_auth: MakeAuth, mails: Mails, **options: object) -> BetterAuth:
    given = {"email_and_password": {"send_reset_password": mails.send}, **options}
    auth = await make_auth(base_url=None, **given)
    body = {"name": "Ada", "email": EMAIL, "password": PASSWORD}
    assert (await Client(auth.app).post("/api/auth/sign-up/email", body)).status == 200
    return auth


async def test_no_link_is_mailed_to_a_host_that_a_stranger_wrote(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    mails = Mails()
    auth = await embedded(make_auth, mails)
    assert await links_for(auth, mails, "localhost:8000") == ["http://localhost:8000"]
    assert await links_for(auth, mails, "127.0.0.1:8000") == ["http://127.0.0.1:8000"]
    with caplog.at_level(logging.ERROR, "betterauth"):
        for host in ("evil.test", "localhost.evil.test", "127.0.0.1.evil.test", "evil.test:80"):
            assert await links_for(auth, mails, host) == []
    assert "Set base_url (BETTER_AUTH_URL), or add its origin to trusted_origins" in caplog.text
    assert "evil" not in "".join(record.getMessage() for record in caplog.records if "Cannot" in record.getMessage())


async def test_a_trusted_origin_may_be_mailed(make_auth: MakeAuth) -> None:
    mails = Mails()
    auth = await embedded(make_auth, mails, trusted_origins=lambda _: ["http://*.own.test"])
    assert await links_for(auth, mails, "a.own.test") == ["http://a.own.test"]
    assert await links_for(auth, mails, "own.test.evil.test") == []
