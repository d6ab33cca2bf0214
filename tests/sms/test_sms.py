"""Text messages: transports, the signed webhook, retries, templates and languages, and what stops the start."""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from hmac import digest
from pathlib import Path
from typing import Any

import httpx
import pytest

from betterauth_py import BetterAuth, ConfigurationError, SmsError
from betterauth_py.assembly.sms import texts_of
from betterauth_py.clock import SystemClock
from betterauth_py.options import SmsMessage, SmsWebhookOptions
from betterauth_py.plugins import Plugin, SmsKind
from betterauth_py.plugins.registry import BUILT_IN
from betterauth_py.sms.queue import SmsQueue, mask_number
from betterauth_py.sms.transports import ConsoleTransport, FolderTransport
from betterauth_py.sms.webhook import WebhookTransport
from tests.conftest import MakeAuth
from tests.http.client import Client

NUMBER = "+491701234567"
URL = "https://sms.example.com/hooks/very-secret-path"
SECRET = "whsec_" + b64encode(b"k" * 32).decode()
SEND = "/api/auth/phone-number/send-otp"
MESSAGE = SmsMessage(
    id="sms_1", to=NUMBER, text="123456 is your code.", kind="phone-number-code", language="en",
    variables={"code": "123456", "expires_in": 300},
)  # fmt: skip


class Endpoint:
    """Answers a webhook's requests with one status after the other; the last one stays."""

    def __init__(self, *statuses: int | Exception) -> None:
        self.statuses = list(statuses)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if isinstance(status, Exception):
            raise status
        return httpx.Response(status, text=f"no {NUMBER} 123456", headers={"location": "https://evil.test/"})

    @property
    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self))


def webhook(endpoint: Endpoint, **options: Any) -> WebhookTransport:
    client = endpoint.client
    return WebhookTransport(SmsWebhookOptions(url=URL, secret=SECRET, **options), lambda: client, SystemClock())


async def test_the_webhook_is_signed_as_standard_webhooks_says(make_auth: MakeAuth) -> None:
    endpoint = Endpoint(204)
    auth = await make_auth(
        plugins=["phone-number"],
        sms={"webhook": {"url": URL, "secret": SECRET}},
        http_client=endpoint.client,
        app_name="Acme",
    )
    assert (await Client(auth.app).post(SEND, {"phoneNumber": NUMBER}, [("accept-language", "de-AT")])).status == 200
    await auth.context.finish_background_work()
    (request,) = endpoint.requests
    assert (request.method, str(request.url)) == ("POST", URL)
    headers, body = request.headers, request.content
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == "v1," + b64encode(digest(b"k" * 32, signed, sha256)).decode()
    payload = json.loads(body)
    code = payload["data"]["variables"]["code"]
    assert payload["type"] == "sms.send"
    assert payload["data"] == {
        "to": NUMBER,
        "text": f"{code} ist Ihr Code für Acme. Er gilt 5 Minuten. Geben Sie ihn niemandem weiter.",
        "kind": "phone-number-code",
        "language": "de",
        "variables": {"code": code, "expires_in": 300},
    }


async def test_the_answer_does_not_wait_for_the_endpoint(make_auth: MakeAuth) -> None:
    stuck = asyncio.Event()

    async def send(_: SmsMessage) -> None:
        await stuck.wait()

    auth = await make_auth(plugins=["phone-number"], sms={"transport": send})
    assert (await Client(auth.app).post(SEND, {"phoneNumber": NUMBER})).status == 200
    stuck.set()


def queue(transport: Any, **more: Any) -> SmsQueue:
    return SmsQueue(transport, concurrency=4, max_waiting=9, retry_for=30, first_pause=0.01, **more)


async def test_temporary_failures_are_tried_again_with_the_same_id(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "betterauth.sms")
    endpoint = Endpoint(500, 429, httpx.ConnectError(f"cannot reach {URL}"), 200)
    assert await queue(webhook(endpoint)).deliver(MESSAGE)
    assert [request.headers["webhook-id"] for request in endpoint.requests] == ["sms_1"] * 4
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3 + ["INFO"]


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 422])
async def test_other_answers_are_final_and_redirects_not_followed(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint = Endpoint(status)
    assert not await queue(webhook(endpoint)).deliver(MESSAGE)
    assert len(endpoint.requests) == 1
    (record,) = caplog.records
    assert record.getMessage() == (f"Sms phone-number-code to ***67 sms_1: given up: sms.example.com answered {status}")


async def test_an_endpoint_that_does_not_answer_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        return httpx.Response(200)

    client = httpx.AsyncClient(transport=httpx.MockTransport(hang))
    slow = WebhookTransport(SmsWebhookOptions(url=URL, secret=SECRET, timeout=0.05), lambda: client, SystemClock())
    with pytest.raises(SmsError, match=r"no answer from sms.example.com: TimeoutError") as failed:
        await slow.send(MESSAGE)
    assert failed.value.temporary


async def test_an_own_function_is_called_again_for_what_is_temporary(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "betterauth.sms")
    failures: list[Exception] = [TimeoutError(), SmsError("busy", temporary=True)]

    class Own:
        async def send(self, _: SmsMessage) -> None:
            if failures:
                raise failures.pop()

    assert await queue(Own()).deliver(MESSAGE)
    failures = [ValueError(f"{NUMBER} is no number, code 123456, see {URL}")]
    assert not await queue(Own()).deliver(MESSAGE)
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "ValueError: +<digits> is no number, code <digits>, see <link>" in said
    assert "1234567" not in said


async def test_in_a_folder_each_message_is_a_file_for_its_owner(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    transport = FolderTransport(folder, SystemClock())
    await transport.send(MESSAGE)
    (file,) = folder.glob("*.txt")
    assert file.read_text(encoding="utf-8") == f"To: {NUMBER}\n\n123456 is your code.\n"
    assert (file.stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "*\n"


async def test_on_the_console_a_message_is_readable(capsys: pytest.CaptureFixture[str]) -> None:
    await ConsoleTransport().send(MESSAGE)
    assert capsys.readouterr().err == f"| To: {NUMBER}\n|\n| 123456 is your code.\n"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_built_in_text_fits_into_one_message(language: str) -> None:
    """160 characters of the GSM alphabet: what is longer costs twice, and other letters halve what fits."""
    gsm = set("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ÄÖÑÜ§¿äöñüà\n")
    gsm |= set(map(chr, (*range(65, 91), *range(97, 123))))
    plugins = [plugin.make_example() for plugin in BUILT_IN]
    auth = BetterAuth(plugins=plugins, sms={"transport": "console"}, secret=SECRET, environment="test")
    assert auth.context.sms is not None
    for kind in texts_of(plugins):
        text = auth.context.sms.templates.render(kind, language, kind.sample)
        assert len(text) <= 160, text
        assert set(text) <= gsm, set(text) - gsm
        assert kind.sample.get("code", "") in text


async def test_templates_of_the_deployment_come_first(make_auth: MakeAuth, tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "phone-number-code.txt").write_text("{{ code }}, dit {{ app_name }}", encoding="utf-8")
    sent: list[SmsMessage] = []
    auth = await make_auth(plugins=["phone-number"], sms={"transport": sent.append, "templates": str(tmp_path)})
    for language in ("fr", "es"):
        await Client(auth.app).post(SEND, {"phoneNumber": NUMBER}, [("accept-language", language)])
    await auth.context.finish_background_work()
    french, english = sent
    assert french.text == f"{french.variables['code']}, dit Better Auth"
    assert english.text.startswith(f"{english.variables['code']} is your Better Auth code")


def bad_template(folder: Path) -> dict[str, Any]:
    (folder / "en").mkdir()
    (folder / "en" / "phone-number-code.txt").write_text("{{ unknown }}", encoding="utf-8")
    return {"transport": "console", "templates": str(folder)}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (lambda _: {"transport": "webhook"}, "sms.webhook.url"),
        (lambda _: {"webhook": {"url": URL}}, "sms.webhook.secret"),
        (lambda _: {"webhook": {"url": URL, "secret": "short"}}, "sms.webhook.secret"),
        (lambda _: {"webhook": {"url": URL, "secret": "whsec_???"}}, "sms.webhook.secret"),
        (lambda _: {"webhook": {"url": "ftp://x", "secret": SECRET}}, "sms.webhook.url"),
        (lambda _: {"webhook": {"url": "http://sms.example.com", "secret": SECRET}}, "allow_http"),
        (lambda _: {"webhook": {"url": URL, "secret": SECRET, "timeout": 0}}, "sms.webhook.timeout"),
        (lambda _: {"webhook": {"url": URL, "secret": SECRET, "timeout": 500}}, "sms.webhook.timeout"),
        (lambda _: {"transport": "console", "max_waiting": 0}, "sms.max_waiting"),
        (lambda _: {"transport": "console", "templates": "/nowhere"}, "sms.templates"),
        (bad_template, "unknown"),
    ],
)
def test_what_cannot_work_stops_the_start(options: Callable[[Path], dict[str, Any]], said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=said) as refused:
        BetterAuth(plugins=["phone-number"], sms=options(tmp_path), secret=SECRET, environment="test")
    assert "very-secret-path" not in str(refused.value)
    assert b64decode(SECRET.removeprefix("whsec_")).decode() not in str(refused.value)


def test_http_is_for_this_machine_and_own_networks() -> None:
    for options in ({"url": "http://127.0.0.1:9/x"}, {"url": "http://sms:9/x", "allow_http": True}):
        WebhookTransport(SmsWebhookOptions(secret=SECRET, **options), httpx.AsyncClient, SystemClock())


def test_a_message_that_exists_twice_stops_the_start() -> None:
    twice = SmsKind(name="phone-number-code", purpose="again", sample={}, templates=Path())
    with pytest.raises(ConfigurationError, match="exists twice"):
        BetterAuth(plugins=["phone-number", Plugin(id="again", sms=[twice])], secret=SECRET, environment="test")


def test_a_log_shows_two_digits_of_a_number() -> None:
    assert [mask_number(number) for number in (NUMBER, "1234", "nothing", "")] == ["***67", "***", "***", "***"]
