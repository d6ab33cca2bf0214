"""A base URL that follows the host of each request."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import APIError, ConfigurationError
from tests.conftest import MakeAuth
from tests.http.client import Client

HOSTS = {"allowed_hosts": ["*.app.test", "localhost:3000"]}


@pytest.mark.parametrize(
    "host", ["evil.test", "app.test", "app.test.evil.test", "a.app.test:81", "a.app.test@evil.test", ""]
)
async def test_a_host_that_is_not_allowed_gets_no_answer_but_400(make_auth: MakeAuth, host: str) -> None:
    auth = await make_auth(base_url=HOSTS)
    for path in ("/api/auth/ok", "/api/auth/get-session", "/api/auth/nothing"):
        reply = await Client(auth.app, host=host).get(path)
        assert (reply.status, reply.json()["code"]) == (400, "HOST_NOT_ALLOWED")
    assert (await Client(auth.app, host="a.app.test").get("/api/auth/ok")).json() == {"ok": True}


async def test_a_pattern_of_addresses_allows_no_name(make_auth: MakeAuth) -> None:
    """Anybody can register `192.168.evil.test`, and links are mailed with the host that was asked for."""
    auth = await make_auth(base_url={"allowed_hosts": ["192.168.*.*", "10.*"]})
    for host, status in (("192.168.0.7", 200), ("10.0.0.7", 200), ("192.168.evil.test", 400), ("10.evil.test", 400)):
        assert (await Client(auth.app, host=host).get("/api/auth/ok")).status == status


async def test_a_forwarded_host_counts_only_where_proxies_are_trusted(make_auth: MakeAuth) -> None:
    headers = {"x-forwarded-host": "evil.test"}
    believing = await make_auth(base_url=HOSTS, advanced={"trusted_proxy_headers": True})
    doubting = await make_auth(base_url=HOSTS)
    for auth, status in ((believing, 400), (doubting, 200)):
        assert (await Client(auth.app, host="a.app.test").get("/api/auth/ok", headers)).status == status


async def test_in_process_calls_need_a_host_or_a_fallback(make_auth: MakeAuth) -> None:
    mails: list[str] = []
    sender = {"send_reset_password": lambda data, _: mails.append(data["url"])}
    person = {"email": "ada@example.com", "password": "password1234", "name": "Ada"}
    auth = await make_auth(base_url=HOSTS, email_and_password=sender)
    host = {"host": "a.app.test"}
    await auth.api.sign_up_email(body=person, headers=host)
    await auth.api.request_password_reset(body={"email": person["email"]}, headers=host)
    for headers in (None, {}, {"host": "evil.test"}):
        with pytest.raises(APIError, match=r"base_url\.fallback") as caught:
            await auth.api.ok(headers=headers)
        assert caught.value.status == 500
    other = await make_auth(base_url={**HOSTS, "fallback": "https://app.test"}, email_and_password=sender)
    await other.api.sign_up_email(body=person)
    await other.api.request_password_reset(body={"email": person["email"]}, headers={"host": "evil.test"})
    await other.shutdown()
    assert [mail.partition("/reset-password")[0] for mail in mails] == [
        "https://a.app.test/api/auth",
        "https://app.test/api/auth",
    ]


async def test_every_host_shares_one_client_for_outgoing_requests(make_auth: MakeAuth) -> None:
    clients: list[Any] = []
    auth = await make_auth(
        base_url=HOSTS, hooks={"before": lambda ctx: clients.append((ctx.base_url, ctx.auth.http_client))}
    )
    for host in ("a.app.test", "b.app.test"):
        await Client(auth.app, host=host).get("/api/auth/ok")
    assert [url for url, _ in clients] == ["http://a.app.test/api/auth", "http://b.app.test/api/auth"]
    assert clients[0][1] is clients[1][1] is auth.context.http_client


@pytest.mark.parametrize(
    ("base_url", "complaint"),
    [
        ({"allowed_hosts": []}, "`base_url.allowed_hosts` is empty"),
        ({"allowed_hosts": ["a"], "fallback": "app.test"}, "`base_url.fallback`: 'app.test' is not an http"),
        ({"allowed_hosts": ["a"], "fallback": "https://app.test/x"}, "has a path"),
        ({"allowed_hosts": ["a"], "protocol": "ftp"}, r"`base_url\.protocol` must be 'http'"),
        ({"fallback": "https://app.test"}, "`base_url.allowed_hosts` is missing"),
    ],
)
async def test_wrong_options_say_what_is_wrong(make_auth: MakeAuth, base_url: Any, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        await make_auth(base_url=base_url)
