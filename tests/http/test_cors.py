"""CORS: a trusted origin may read answers, with cookies; nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import BASE_URL, MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import ALICE

TRUSTED = "https://app.example.com"
OK = "/api/auth/ok"
ASKING = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,x-captcha"}


def cors_of(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers if name == "vary" or name.startswith("access-control-")}


async def asking(make_auth: MakeAuth, **options: Any) -> Client:
    auth = await make_auth(trusted_origins=[TRUSTED, "https://*.wild.test", "myapp://"], **options)
    return Client(auth.app)


@pytest.mark.parametrize("origin", [TRUSTED, "https://a.wild.test", "https://a.b.wild.test", "myapp://callback"])
async def test_a_trusted_origin_gets_permission_and_may_read_the_answer(make_auth: MakeAuth, origin: str) -> None:
    client = await asking(make_auth)
    preflight = await client.send("OPTIONS", "/api/auth/sign-in/email", {"origin": origin, **ASKING})
    assert (preflight.status, preflight.body) == (204, b"")
    assert preflight.own_headers == [
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-headers", "content-type,x-captcha"),
        ("access-control-allow-methods", "GET, POST, PUT, PATCH, DELETE"),
        ("access-control-allow-origin", origin),
        ("access-control-max-age", "600"),
        ("vary", "Origin, Access-Control-Request-Headers"),
    ]
    assert cors_of(await client.get(OK, {"origin": origin})) == {
        "vary": "Origin",
        "access-control-allow-credentials": "true",
        "access-control-allow-origin": origin,
        "access-control-expose-headers": "X-Retry-After, Set-Auth-Token, Set-Auth-Jwt",
    }


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.test",
        "https://app.example.com.evil.test",
        "https://app.example.com:8443",
        "http://app.example.com",
        "https://app.example.com/",
        "HTTPS://APP.EXAMPLE.COM",
        "https://wild.test",
        "https://a.wild.test:8443",
        "https://evil.test/.wild.test",
        "null",
        "*",
        "garbage",
        "ä",
    ],
)
async def test_no_other_origin_gets_anything(make_auth: MakeAuth, origin: str) -> None:
    client = await asking(make_auth)
    preflight = await client.send("OPTIONS", OK, {"origin": origin, **ASKING})
    assert (preflight.status, preflight.own_headers) == (204, [("vary", "Origin, Access-Control-Request-Headers")])
    reply = await client.get(OK, {"origin": origin})
    assert (reply.status, reply.json(), cors_of(reply)) == (200, {"ok": True}, {"vary": "Origin"})


async def test_the_server_itself_and_programs_are_answered_as_without_cors(make_auth: MakeAuth) -> None:
    client = await asking(make_auth)
    plain = [("content-type", "application/json"), ("content-length", "11")]
    assert (await client.get(OK)).own_headers == plain
    assert (await client.get(OK, {"origin": BASE_URL})).own_headers == plain


@pytest.mark.parametrize("missing", ["origin", "access-control-request-method"])
async def test_options_without_a_question_is_a_404(make_auth: MakeAuth, missing: str) -> None:
    client = await asking(make_auth)
    headers = {"origin": TRUSTED, "access-control-request-method": "POST"}
    del headers[missing]
    reply = await client.send("OPTIONS", OK, headers)
    assert (reply.status, reply.body) == (404, b"")


async def test_refusals_can_be_read_by_the_page_that_caused_them(make_auth: MakeAuth) -> None:
    client = await asking(make_auth, rate_limit={"enabled": True, "custom_rules": {"/ok": {"window": 9, "max": 1}}})
    for status, path in ((200, OK), (429, OK), (404, "/api/auth/nothing")):
        reply = await client.get(path, {"origin": TRUSTED})
        assert (reply.status, reply.header("access-control-allow-origin")) == (status, TRUSTED)


async def test_a_question_does_not_count_against_the_rate_limit(make_auth: MakeAuth) -> None:
    client = await asking(make_auth, rate_limit={"enabled": True, "max": 1})
    for _ in range(5):
        assert (await client.send("OPTIONS", OK, {"origin": TRUSTED, **ASKING})).status == 204
    assert (await client.get(OK)).status == 200


async def test_origins_may_be_decided_for_each_request(make_auth: MakeAuth) -> None:
    async def origins(request: Any) -> list[str]:
        return [TRUSTED] if request is not None and request.headers.get("x-tenant") == "one" else []

    auth = await make_auth(trusted_origins=origins)
    client = Client(auth.app)
    assert cors_of(await client.get(OK, {"origin": TRUSTED})) == {"vary": "Origin"}
    allowed = await client.get(OK, {"origin": TRUSTED, "x-tenant": "one"})
    assert allowed.header("access-control-allow-origin") == TRUSTED


async def test_a_page_of_a_trusted_origin_signs_up_with_cookies(make_auth: MakeAuth) -> None:
    client = await asking(make_auth)
    headers = {"origin": TRUSTED, "content-type": "application/json", "sec-fetch-site": "cross-site"}
    body = b'{"name":"Alice","email":"alice@example.com","password":"%s"}' % ALICE["password"].encode()
    reply = await client.send("POST", "/api/auth/sign-up/email", headers, body)
    assert (reply.status, len(reply.set_cookies)) == (200, 1)
    assert reply.header("access-control-allow-origin") == TRUSTED
