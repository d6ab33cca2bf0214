"""Security events in the log: each by its name, with who and whence, and never a secret."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.log import JSONFormatter
from betterauth_py.security_events import SecurityEvent
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, PASSWORD, sign_up

API = "/api/auth"
HERE = "203.0.113.7"
DOCS = Path(__file__).parents[2] / "docs" / "security-events.md"


class Log:
    """What the log has of security events."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        caplog.set_level(logging.INFO, logger="betterauth")

    @property
    def entries(self) -> list[dict[str, Any]]:
        records = [record for record in self._caplog.records if record.name == "betterauth.security"]
        return [json.loads(JSONFormatter().format(record)) for record in records]

    def last(self) -> dict[str, Any]:
        return self.entries[-1]

    @property
    def names(self) -> list[str]:
        return [entry["event"] for entry in self.entries]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> Log:
    return Log(caplog)


async def watched(make_auth: MakeAuth, mails: list[dict[str, Any]], **options: Any) -> BetterAuth:
    def keep(data: dict[str, Any], _: Any) -> None:
        mails.append(data)

    return await make_auth(
        **{
            "advanced": {"ip_address": {"use_connection": True}},
            "email_and_password": {"send_reset_password": keep},
            "email_verification": {"send_verification_email": keep},
            "user": {"change_email": {"enabled": True}, "delete_user": {"enabled": True}},
            **options,
        }
    )


async def mailed(mails: list[dict[str, Any]]) -> str:
    """The path and query of the link that was mailed last."""
    for _ in range(500):
        await asyncio.sleep(0.01)
        if mails:
            break
    return str(mails.pop()["url"]).removeprefix("http://localhost:3000")


async def test_signing_up_in_and_out(make_auth: MakeAuth, log: Log) -> None:
    client = Client((await watched(make_auth, [])).app, peer=HERE)
    await sign_up(client)
    user_id = log.last()["user_id"]
    assert (log.names, log.last()["address"]) == (["sign_up"], HERE)
    await client.post(f"{API}/sign-out")
    credentials = {"email": ALICE["email"], "password": PASSWORD}
    await client.post(f"{API}/sign-in/email", {**credentials, "password": "wrong password"})
    failed = log.last()
    assert (failed["event"], failed["level"], failed["user_id"]) == ("sign_in_failed", "warning", user_id)
    assert failed["reason"] == "INVALID_EMAIL_OR_PASSWORD"
    await client.post(f"{API}/sign-in/email", {**credentials, "email": "nobody@example.com"})
    assert "user_id" not in log.last()
    await client.post(f"{API}/sign-in/email", credentials)
    assert log.names == ["sign_up", "sign_out", "sign_in_failed", "sign_in_failed", "sign_in"]
    assert log.last()["user_id"] == user_id


async def test_a_session_that_could_not_be_ended_is_not_told_of_as_ended(make_auth: MakeAuth, log: Log) -> None:
    def fail(_session: Any, _ctx: Any) -> None:
        raise RuntimeError

    hooks = {"session": {"delete": {"before": fail}}}
    client = Client((await watched(make_auth, [], database_hooks=hooks)).app)
    await sign_up(client)
    assert (await client.post(f"{API}/sign-out")).status == 200
    assert log.names == ["sign_up"]


async def test_passwords(make_auth: MakeAuth, log: Log) -> None:
    mails: list[dict[str, Any]] = []
    auth = await watched(make_auth, mails)
    client = Client(auth.app, peer=HERE)
    await sign_up(client)
    change = {"currentPassword": PASSWORD, "newPassword": "another password"}
    await client.post(f"{API}/change-password", {**change, "currentPassword": "wrong password"})
    await client.post(f"{API}/change-password", change)
    await client.post(f"{API}/request-password-reset", {"email": ALICE["email"]})
    await client.post(f"{API}/request-password-reset", {"email": "nobody@example.com"})
    token = (await mailed(mails)).partition("?")[0].rpartition("/")[2]
    await client.post(f"{API}/reset-password", {"token": token, "newPassword": "third password"})
    expected = ["password_rejected", "password_changed", *["password_reset_requested"] * 2, "password_reset"]
    assert log.names[1:] == expected
    assert [("user_id" in entry) for entry in log.entries] == [True] * 4 + [False, True]


async def test_addresses(make_auth: MakeAuth, log: Log) -> None:
    mails: list[dict[str, Any]] = []
    auth = await watched(make_auth, mails)
    client = Client(auth.app, peer=HERE)
    await sign_up(client)
    await client.post(f"{API}/send-verification-email", {"email": ALICE["email"]})
    await client.get(await mailed(mails))
    assert log.names[1:] == ["email_verified"]
    await client.post(f"{API}/change-email", {"newEmail": "new@example.com"})
    await client.get(await mailed(mails))
    assert log.names[1:] == ["email_verified", "email_changed"]


async def test_sessions_accounts_and_deletion(make_auth: MakeAuth, log: Log) -> None:
    client = Client((await watched(make_auth, [])).app, peer=HERE)
    token = (await sign_up(client)).json()["token"]
    await client.post(f"{API}/revoke-session", {"token": "not a session"})
    assert log.names == ["sign_up"]
    await client.post(f"{API}/revoke-other-sessions")
    assert log.last()["kept"] == "current"
    await client.post(f"{API}/revoke-session", {"token": token})
    await client.post(f"{API}/sign-in/email", {"email": ALICE["email"], "password": PASSWORD})
    await client.post(f"{API}/revoke-sessions")
    await client.post(f"{API}/sign-in/email", {"email": ALICE["email"], "password": PASSWORD})
    await client.post(f"{API}/delete-user", {"password": PASSWORD})
    names = ["sessions_revoked", "session_revoked", "sign_in", "sessions_revoked", "sign_in", "user_deleted"]
    assert log.names[1:] == names
    assert len({entry["user_id"] for entry in log.entries}) == 1


async def test_a_client_that_is_refused_is_named_once_a_minute(make_auth: MakeAuth, log: Log) -> None:
    auth = await watched(make_auth, [], rate_limit={"enabled": True, "window": 60, "max": 1})
    client = Client(auth.app, peer=HERE)
    for _ in range(4):
        await client.get(f"{API}/ok")
    assert [(entry["event"], entry["address"], entry["bucket"]) for entry in log.entries] == [
        ("rate_limited", HERE, "/ok")
    ]


async def test_events_have_the_id_of_their_request_which_the_answer_repeats(make_auth: MakeAuth, log: Log) -> None:
    client = Client((await watched(make_auth, [])).app, peer=HERE)
    body = {"email": "nobody@example.com", "password": "wrong password"}
    given = await client.post(f"{API}/sign-in/email", body, {"x-request-id": "proxy-17"})
    assert (given.header("x-request-id"), log.last()["request_id"]) == ("proxy-17", "proxy-17")
    for unsafe in ("a b", "x" * 65, "é", "1\t2", ""):
        reply = await client.post(f"{API}/sign-in/email", body, {"x-request-id": unsafe})
        assert reply.header("x-request-id") is None
        assert log.last()["request_id"] not in ("proxy-17", unsafe)
    await client.post(f"{API}/sign-in/email", body)
    ids = [entry["request_id"] for entry in log.entries]
    assert len(set(ids)) == len(ids)


async def test_no_secret_and_no_address_of_a_person_is_in_an_event(make_auth: MakeAuth, log: Log) -> None:
    client = Client((await watched(make_auth, [])).app, peer=HERE)
    token = (await sign_up(client)).json()["token"]
    await client.post(f"{API}/sign-in/email", {"email": ALICE["email"], "password": "a-wrong-password"})
    await client.post(f"{API}/revoke-session", {"token": token})
    written = json.dumps(log.entries)
    assert log.names == ["sign_up", "sign_in_failed", "session_revoked"]
    assert [secret for secret in (PASSWORD, "a-wrong-password", token, ALICE["email"]) if secret in written] == []


async def test_reading_a_session_is_no_event(make_auth: MakeAuth, log: Log) -> None:
    client = Client((await watched(make_auth, [])).app, peer=HERE)
    await sign_up(client)
    await client.get(f"{API}/get-session")
    assert log.names == ["sign_up"]


def test_the_documented_table_has_every_event() -> None:
    documented = re.findall(r"^\| `(\w+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert documented == [event.value for event in SecurityEvent]
