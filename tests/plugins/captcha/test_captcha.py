"""What the scenarios of the captcha plugin do not show: forged answers, other spellings of paths, options."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.plugins.captcha import captcha, verifying
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply
from tests.http.people import ALICE, PASSWORD

SECRET = "the-captcha-secret"
SIGN_IN = {"email": ALICE["email"], "password": PASSWORD}
SOLVED = [("x-captcha-response", "the-captcha-response")]
PROVIDERS = ("cloudflare-turnstile", "google-recaptcha", "hcaptcha", "captchafox")


class Service:
    """What the service answers, and what it was asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.requests: list[httpx.Request] = []

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, httpx.Response) else httpx.Response(200, json=self.answer)


async def sign_in(make_auth: MakeAuth, service: Service, **options: Any) -> Reply:
    plugin = captcha(secret_key=SECRET, **options)
    auth = await make_auth(plugins=[plugin], http_client=service.client())
    return await Client(auth.app).post("/api/auth/sign-in/email", SIGN_IN, SOLVED)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("success", ["true", "false", 1, [True], {"a": 1}, None, False], ids=repr)
async def test_only_true_is_true(make_auth: MakeAuth, provider: str, success: Any) -> None:
    refused = await sign_in(make_auth, Service({"success": success}), provider=provider)
    assert (refused.status, refused.json()["code"]) == (403, "VERIFICATION_FAILED")


@pytest.mark.parametrize("score", ["0.9", "", None, True, [1], 0.49, 0, -1], ids=repr)
async def test_only_a_number_is_a_score(make_auth: MakeAuth, score: Any) -> None:
    refused = await sign_in(make_auth, Service({"success": True, "score": score}), provider="google-recaptcha")
    assert (refused.status, refused.json()["code"]) == (403, "VERIFICATION_FAILED")


@pytest.mark.parametrize("provider", ["cloudflare-turnstile", "google-recaptcha"])
@pytest.mark.parametrize("hostname", [None, ["example.com"], "EXAMPLE.com", "example.com.evil.test"], ids=repr)
async def test_another_host_name_is_refused(make_auth: MakeAuth, provider: str, hostname: Any) -> None:
    service = Service({"success": True, "hostname": hostname})
    refused = await sign_in(make_auth, service, provider=provider, allowed_hostnames=["example.com"])
    assert refused.status == 403


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("no route"),
        httpx.Response(302, headers={"location": "http://169.254.169.254/"}),
        httpx.Response(200, text=""),
        httpx.Response(500, json={"success": True}),
        0,
    ],
    ids=repr,
)
async def test_a_service_that_is_down_lets_nobody_in(
    make_auth: MakeAuth, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    failed = await sign_in(make_auth, Service(answer), provider="hcaptcha")
    assert (failed.status, failed.json()) == (500, {"message": "Something went wrong", "code": "UNKNOWN_ERROR"})
    assert SECRET not in caplog.text
    assert "the-captcha-response" not in caplog.text


async def test_no_spelling_of_a_path_that_the_router_knows_goes_round_it(make_auth: MakeAuth) -> None:
    service = Service({"success": True})
    plugin = captcha(provider="hcaptcha", secret_key=SECRET)
    auth = await make_auth(plugins=[plugin], http_client=service.client(), advanced={"skip_trailing_slashes": True})
    client = Client(auth.app)
    for path in (
        "/sign-in/email",
        "/sign-in/email/",
        "//sign-in/email",
        "/sign-in//email/",
        "/sign-in/email?x=/ok",
        "/./sign-in/email",
        "/ok/../sign-in/email",
        "/sign-in/%65mail",
        "/sign-in%2Femail",
        "/SIGN-IN/email",
    ):
        for method in ("POST", "GET", "HEAD", "OPTIONS"):
            reply = await client.send(method, f"/api/auth{path}", [("content-type", "application/json")], b"{}")
            assert reply.status in (400, 404), (method, path, reply)
            assert reply.status == 404 or method == "HEAD" or reply.json()["code"] == "MISSING_RESPONSE"
    assert service.requests == []


async def test_a_preflight_needs_no_captcha_and_allows_its_header(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[captcha(provider="hcaptcha", secret_key=SECRET)])
    asked = [
        ("origin", "http://localhost:3000"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "x-captcha-response"),
    ]
    reply = await Client(auth.app).send("OPTIONS", "/api/auth/sign-in/email", asked)
    assert (reply.status, reply.header("access-control-allow-headers")) == (204, "x-captcha-response")


async def test_a_refused_request_touches_no_password(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[captcha(provider="hcaptcha", secret_key=SECRET)])
    auth.context.passwords.verify_nothing = None  # type: ignore[method-assign, assignment]
    refused = await Client(auth.app).post("/api/auth/sign-in/email", SIGN_IN)
    assert (refused.status, refused.json()["code"]) == (400, "MISSING_RESPONSE")


async def test_code_in_this_process_needs_no_captcha(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins=[captcha(provider="hcaptcha", secret_key=SECRET)])
    assert (await auth.api.sign_up_email(body=ALICE))["user"]["email"] == ALICE["email"]


async def test_the_service_is_told_what_it_needs(make_auth: MakeAuth) -> None:
    service = Service({"success": False})
    await sign_in(make_auth, service, provider="captchafox", site_key="the-site")
    assert {name: value for name, (value,) in parse_qs(service.requests[0].content.decode()).items()} == {
        "secret": SECRET,
        "response": "the-captcha-response",
        "sitekey": "the-site",
        "remoteIp": "127.0.0.1",
    }


async def test_functions_that_do_not_return_let_nobody_in(make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_: Any) -> dict[str, Any]:
        await asyncio.Event().wait()
        return {}

    monkeypatch.setattr(verifying, "_TIMEOUT", 0.01)
    auth = await make_auth(plugins=[captcha(provider="vercel-botid", check_bot_id=never)])
    failed = await Client(auth.app).post("/api/auth/sign-in/email", SIGN_IN)
    assert (failed.status, failed.json()["code"]) == (500, "UNKNOWN_ERROR")


@pytest.mark.parametrize("verdict", [None, {}, {"is_bot": 0}, {"is_bot": "false"}, {"isBot": False}], ids=repr)
async def test_only_the_verdict_false_is_no_bot(make_auth: MakeAuth, verdict: Any) -> None:
    auth = await make_auth(plugins=[captcha(provider="vercel-botid", check_bot_id=lambda _: verdict)])
    refused = await Client(auth.app).post("/api/auth/sign-in/email", SIGN_IN)
    assert refused.status in (403, 500)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, r"`plugins.captcha.provider` is missing"),
        ({"provider": "recaptcha"}, r"`plugins.captcha.provider` must be 'cloudflare-turnstile' or"),
        ({"provider": "hcaptcha"}, r"`plugins.captcha.secret_key` is missing for `provider` 'hcaptcha'"),
        ({"provider": "hcaptcha", "secret_key": ""}, r"`plugins.captcha.secret_key` is empty"),
        ({"provider": "hcaptcha", "secret_key": "x", "min_score": 1}, r"Unknown option `plugins.captcha.min_score`"),
        ({"provider": "hcaptcha", "secret_key": "x", "endpoints": ["sign-in"]}, r"'sign-in', which matches no path"),
        (
            {"provider": "hcaptcha", "secret_key": "x", "site_verify_url_override": "verify"},
            r"`plugins.captcha.site_verify_url_override` is no URL",
        ),
        ({"provider": "vercel-botid"}, r"`plugins.captcha.check_bot_id` is missing"),
    ],
)
def test_wrong_options_stop_the_start(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        BetterAuth(secret="x" * 40, base_url="http://localhost:3000", plugins={"captcha": options})


def test_the_secret_key_is_in_no_representation() -> None:
    assert SECRET not in repr(captcha(provider="hcaptcha", secret_key=SECRET))
