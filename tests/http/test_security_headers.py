"""Headers that protect every answer, the pages that can be turned off, and requests that would break a header."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth, ConfigurationError
from betterauth_py.core.messages import Response, error_response
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import ALICE, sign_up

COMMON = {
    "content-security-policy": "frame-ancestors 'none'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "strict-transport-security": None,
}
PRODUCTION = {"base_url": "https://auth.example.com", "rate_limit": {"enabled": False}}


def protections(reply: Reply) -> dict[str, str | None]:
    return {name: reply.header(name) for name in COMMON}


async def test_every_answer_is_protected(make_auth: MakeAuth) -> None:
    client = Client((await make_auth()).app)
    replies = [
        await sign_up(client),
        await client.get("/api/auth/get-session"),
        await client.get("/api/auth/nothing"),
        await client.get("/nothing"),
        await client.post("/api/auth/sign-in/email", {}),
        await client.send("OPTIONS", "/api/auth/ok", [("origin", "https://evil.test")]),
        await client.get("/health/live"),
        await client.get("/openapi.json"),
        await client.send("GET", "/api/auth/ok", [("host", "two.test")]),
    ]
    assert [protections(reply) for reply in replies] == [COMMON] * len(replies)
    for path, styles in (("/reference", "; style-src 'self'"), ("/api/auth/error", "; style-src 'unsafe-inline'")):
        policy = (await client.get(path)).header("content-security-policy")
        assert policy is not None
        assert policy.startswith("default-src 'none'; ")
        assert styles in policy
        assert policy.endswith("; frame-ancestors 'none'")


async def test_https_is_remembered_by_browsers_but_not_for_subdomains(make_auth: MakeAuth) -> None:
    reply = await Client((await make_auth(**PRODUCTION)).app, host="auth.example.com").get("/api/auth/ok")
    assert reply.header("strict-transport-security") == "max-age=31536000"
    off = {"security_headers": {"strict_transport_security": 0}}
    reply = await Client((await make_auth(**PRODUCTION, advanced=off)).app).get("/api/auth/ok")
    assert protections(reply) == COMMON


async def test_the_options_say_otherwise(make_auth: MakeAuth) -> None:
    given = {"referrer_policy": "strict-origin", "frame_ancestors": ["https://App.example.com/"]}
    client = Client((await make_auth(advanced={"security_headers": given})).app)
    reply = await client.get("/api/auth/ok")
    assert reply.header("referrer-policy") == "strict-origin"
    assert reply.header("content-security-policy") == "frame-ancestors https://app.example.com"
    client = Client((await make_auth(advanced={"security_headers": {"enabled": False}})).app)
    assert protections(await client.get("/api/auth/ok")) == dict.fromkeys(COMMON)


async def test_what_a_hook_says_itself_stands(make_auth: MakeAuth) -> None:
    async def answer(ctx: Any) -> Response | None:
        if ctx.path != "/ok":
            return None
        return Response(200, [("referrer-policy", "no-referrer"), ("content-security-policy", "default-src 'self'")])

    reply = await Client((await make_auth(hooks={"before": answer})).app).get("/api/auth/ok")
    assert protections(reply) == {
        **COMMON,
        "referrer-policy": "no-referrer",
        "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
    }


async def test_no_cache_keeps_a_session_or_a_token(make_auth: MakeAuth) -> None:
    client = Client((await make_auth(plugins=["jwt"])).app)
    replies = [
        await sign_up(client),
        await client.post("/api/auth/sign-in/email", {name: ALICE[name] for name in ("email", "password")}),
        await client.get("/api/auth/get-session"),
        await client.get("/api/auth/session"),
        await client.get("/api/auth/list-sessions"),
        await client.get("/api/auth/list-accounts"),
        await client.get("/api/auth/token"),
        await client.post("/api/auth/update-user", {"name": "Al"}),
    ]
    assert [(reply.status, reply.header("cache-control")) for reply in replies] == [(200, "no-store")] * len(replies)
    for path in ("/api/auth/ok", "/api/auth/jwks"):
        assert (await client.get(path)).header("cache-control") is None


async def test_no_cache_keeps_a_refusal(make_auth: MakeAuth) -> None:
    client = Client((await make_auth(rate_limit={"enabled": True})).app)
    json, path = [("content-type", "application/json")], "/api/auth/sign-in/email"
    replies = [
        await client.send("POST", path, json, b"{"),
        await client.send("POST", path, [("content-type", "text/xml")], b"<a/>"),
        await client.send("POST", path, json, b" " * 70_000),
        await client.send("POST", path, json, b"{}"),
        await client.get("/api/auth/nothing"),
        await client.get("/nothing"),
        await client.get("/api/auth/ok", [("host", "two.test")]),
        await client.get("/api/auth/ok?" + "x" * 17_000),
    ]
    assert [reply.status for reply in replies] == [400, 415, 413, 429, 404, 404, 400, 431]
    assert {reply.header("cache-control") for reply in replies} == {"no-store"}


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, 200),
        ({"api_reference": False}, 404),
        (PRODUCTION, 404),
        ({**PRODUCTION, "api_reference": True}, 200),
    ],
)
async def test_the_api_is_described_in_production_only_if_asked_for(
    make_auth: MakeAuth, options: dict[str, Any], status: int
) -> None:
    client = Client((await make_auth(**options)).app)
    paths = ("/reference", "/reference/swagger-ui.js", "/openapi.json")
    assert [(await client.get(path)).status for path in paths] == [status] * len(paths)


async def test_disabling_get_session_disables_its_alias(make_auth: MakeAuth) -> None:
    client = Client((await make_auth(disabled_paths=["/get-session"])).app)
    await sign_up(client)
    for path in ("/api/auth/get-session", "/api/auth/session", "/session", "/api/auth/session/"):
        reply = await client.get(path)
        assert (reply.status, reply.body) == (404, b"Not Found"), path


async def test_two_hosts_are_a_bad_request(make_auth: MakeAuth) -> None:
    client = Client((await make_auth()).app)
    for second in ("localhost:3000", "evil.test", ""):
        assert (await client.send("GET", "/api/auth/ok", [("host", second)])).status == 400


async def test_a_callback_cannot_break_the_header_it_comes_in(make_auth: MakeAuth) -> None:
    client = Client((await make_auth()).app)
    await sign_up(client)
    credentials = {name: ALICE[name] for name in ("email", "password")}
    for url in (
        "http://localhost:3000/\r\nset-cookie: x=y",
        "http://localhost:3000/\n",
        "/\r\nx",
        "http://localhost:3000/\0",
    ):
        reply = await client.post("/api/auth/sign-in/email", {**credentials, "callbackURL": url})
        assert (reply.status, reply.json()["code"]) == (403, "INVALID_CALLBACK_URL")
    for path in ("/reset-password/x?", "/verify-email?token=x&", "/delete-user/callback?token=x&"):
        reply = await client.get(f"/api/auth{path}callbackURL=http://localhost:3000/%0d%0aset-cookie:x=y")
        assert (reply.status, reply.header("location")) == (403, None)
    assert len((await client.get("/api/auth/list-sessions")).json()) == 1


async def test_an_unchecked_callback_cannot_either(make_auth: MakeAuth) -> None:
    client = Client((await make_auth(advanced={"disable_origin_check": True})).app)
    await sign_up(client)
    body = {**{name: ALICE[name] for name in ("email", "password")}, "callbackURL": "http://a.test/\r\nset-cookie: x=y"}
    reply = await client.post("/api/auth/sign-in/email", body)
    assert (reply.status, reply.header("location")) == (200, "http://a.test/%0D%0Aset-cookie: x=y")


def test_a_frame_ancestor_that_is_no_origin_stops_the_start() -> None:
    with pytest.raises(ConfigurationError, match=r"frame_ancestors`: '\*' trusts every site"):
        BetterAuth(secret=SECRET, advanced={"security_headers": {"frame_ancestors": ["*"]}}).app  # noqa: B018


def test_a_redirect_of_a_hook_cannot_break_its_header() -> None:
    response = error_response(APIError.redirect("/x\r\ny"))
    assert response.header("location") == "/x%0D%0Ay"
