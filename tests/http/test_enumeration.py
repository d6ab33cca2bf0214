"""Nobody learns from the work of the server, or the time it takes, who has an account."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import event, update

from betterauth_py import APIError, BetterAuth, Plugin
from betterauth_py.assembly.options import load_options
from betterauth_py.crypto.random import generate_id
from tests.conftest import MakeAuth
from tests.http.client import Client, Reply

PASSWORD = "correct horse battery"
KNOWN, VERIFIED, UNKNOWN = "known@example.com", "verified@example.com", "unknown@example.com"


class KeptMails:
    """A transport that keeps the mails."""

    def __init__(self) -> None:
        self.to: list[str] = []

    async def send(self, message: Any) -> None:
        self.to.append(str(message["To"]))


def mailing(mails: KeptMails) -> dict[str, Any]:
    return {"transport": mails, "sender": "Acme <no-reply@acme.test>"}


async def users_of(auth: BetterAuth) -> None:
    for email in (KNOWN, VERIFIED):
        await auth.api.sign_up_email(body={"name": "Ada", "email": email, "password": PASSWORD})
    user = auth.metadata.tables["user"]
    statement = update(user).where(user.c.email == VERIFIED).values(emailVerified=True)
    await auth.context.database.execute(statement)
    # What the start and the sign-ups do in the background is not of the requests that follow.
    await asyncio.sleep(0.2)


def words_of(auth: BetterAuth) -> list[str]:
    """Return a list to which every statement's first word is added as it runs."""
    words: list[str] = []
    engine = auth.context.database.engine
    event.listen(engine, "commit", lambda _: words.append("COMMIT"))
    event.listen(engine, "before_cursor_execute", lambda *of: words.append(str(of[2]).split()[0]))
    return words


def renders_of(auth: BetterAuth, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the kind of every mail is added as it is written."""
    kinds: list[str] = []
    from betterauth_py.mail.kinds import MailKind
    from betterauth_py.mail.templates import MailTemplates

    render = MailTemplates.render

    def note(self: MailTemplates, kind: MailKind, *rest: Any) -> Any:
        kinds.append(kind.name)
        return render(self, kind, *rest)

    monkeypatch.setattr(MailTemplates, "render", note)
    return kinds


async def post(client: Client, path: str, body: dict[str, Any]) -> Reply:
    return await client.post(f"/api/auth{path}", body)


@pytest.mark.parametrize("path", ["/request-password-reset", "/send-verification-email"])
async def test_a_mail_to_somebody_takes_the_work_of_a_mail_to_nobody(
    make_auth: MakeAuth, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    mails = KeptMails()
    auth = await make_auth(mail=mailing(mails), rate_limit={"enabled": False})
    await users_of(auth)
    await post(Client(auth.app), path, {"email": "first@example.com"})
    await asyncio.sleep(0.2)
    words, kinds = words_of(auth), renders_of(auth, monkeypatch)
    work = {}
    for email in (KNOWN, VERIFIED, UNKNOWN):
        answer = await post(Client(auth.app), path, {"email": email})
        assert answer.status == 200
        before = list(words)
        await asyncio.sleep(0.2)
        work[email] = (before, list(words), list(kinds))
        words.clear()
        kinds.clear()
    assert work[KNOWN] == work[UNKNOWN] == work[VERIFIED]
    assert len(work[KNOWN][2]) == 1
    assert mails.to == ([KNOWN, VERIFIED] if path == "/request-password-reset" else [KNOWN])


@pytest.mark.parametrize("options", [{"require_email_verification": True}, {"auto_sign_in": False}], ids=str)
async def test_a_discreet_sign_up_takes_the_same_statements(make_auth: MakeAuth, options: dict[str, Any]) -> None:
    auth = await make_auth(email_and_password=options)
    await users_of(auth)
    words, taken = words_of(auth), {}
    for email in (KNOWN, UNKNOWN):
        answer = await post(Client(auth.app), "/sign-up/email", {"name": "Ada", "email": email, "password": PASSWORD})
        assert (answer.status, answer.json()["token"]) == (200, None)
        taken[email], words[:] = list(words), []
    # A user that is taken back; then a user and its account here, something and its deletion there, committed.
    assert taken[UNKNOWN].count("INSERT") == 3
    assert [word.replace("DELETE", "INSERT") for word in taken[KNOWN]] == taken[UNKNOWN]
    rows = await auth.context.database.execute(auth.metadata.tables["verification"].select())
    assert rows.all() == []


UNUSUAL = {
    "a NUL in the name": {"name": "a\0b"},
    "a NUL in the image": {"image": "a\0b"},
    "half a character": {"name": "\ud800", "image": "\udfff"},
    "a number as text": {"age": "42"},
    "no number": {"age": "old"},
    "null for what is required": {"nick": None},
    "what another user has": {"nick": "taken"},
}


@pytest.mark.parametrize("given", UNUSUAL.values(), ids=UNUSUAL)
async def test_no_value_tells_a_taken_address_from_a_free_one(
    make_auth: MakeAuth, postgres: Any, given: dict[str, Any]
) -> None:
    fields = {
        "age": {"type": "number", "required": False},
        "nick": {"type": "string", "required": True, "unique": True},
    }
    body = {"name": "Ada", "email": KNOWN, "password": PASSWORD, "nick": "taken"}
    for database in ({}, {"database": {"url": postgres.database(f"discreet_{generate_id(8).lower()}")}}):
        auth = await make_auth(
            email_and_password={"auto_sign_in": False}, user={"additional_fields": fields}, **database
        )
        client = Client(auth.app)
        assert (await post(client, "/sign-up/email", body)).status == 200
        seen = []
        for email in (KNOWN, UNKNOWN):
            answer = await post(client, "/sign-up/email", {**body, "nick": "free", **given, "email": email})
            own = {"id", "email", "createdAt", "updatedAt"}
            user = {name: value for name, value in answer.json().get("user", {}).items() if name not in own}
            seen.append((answer.status, answer.json().get("code"), user))
        assert seen[0] == seen[1]
        users = await auth.context.database.execute(auth.metadata.tables["user"].select())
        assert {user.email for user in users} <= {KNOWN, UNKNOWN}


def forbid(_: Any) -> Any:
    raise APIError(403, {"code": "NO", "message": "No"})


HOOKS: dict[str, Any] = {
    "changes the user": lambda row: {"name": "Changed", "nick": row["nick"].upper(), "image": "x"},
    "fills in what cannot be stored": lambda _: {"name": "x\0"},
    "refuses": lambda _: False,
    "forbids": forbid,
    "fails": lambda _: 1 / 0,
    "does nothing": lambda _: None,
}


@pytest.mark.parametrize("what", HOOKS)
async def test_no_hook_of_the_deployment_tells_a_taken_address_from_a_free_one(make_auth: MakeAuth, what: str) -> None:
    asked: list[str] = []

    def before(row: dict[str, Any], _: Any) -> Any:
        asked.append(row["email"])
        return None if row["email"] == KNOWN else HOOKS[what](row)

    auth = await make_auth(
        email_and_password={"auto_sign_in": False},
        user={"additional_fields": {"nick": {"type": "string", "required": True, "unique": True}}},
        database_hooks={"user": {"create": {"before": before}}},
    )
    client, body = Client(auth.app), {"name": "Ada", "password": PASSWORD}
    assert (await post(client, "/sign-up/email", {**body, "email": KNOWN, "nick": "taken"})).status == 200
    for given in ({"nick": "free"}, {"nick": "taken"}, {"nick": "a\0b"}, {"nick": "other", "name": "\ud800"}):
        seen = []
        for email in (KNOWN, UNKNOWN):
            answer = (await post(client, "/sign-up/email", {**body, **given, "email": email})).json()
            own = {"id", "email", "createdAt", "updatedAt"}
            seen.append((answer["token"], {name: answer["user"][name] for name in answer["user"].keys() - own}))
        assert seen[0] == seen[1]
    # It may send a mail or write elsewhere: it is not called for a user that will not be.
    assert asked.count(KNOWN) == 1


async def test_a_hook_of_a_plugin_refuses_taken_and_free_addresses_alike(make_auth: MakeAuth) -> None:
    def judge(row: dict[str, Any], _: Any) -> Any:
        if row["name"] == "Eve":
            raise APIError(400, {"code": "NO_EVE", "message": "No"})
        return row["name"] != "Bob"

    hooks = {"user": {"create": {"before": judge}}}
    for own in ({}, {"database_hooks": {"user": {"create": {"before": lambda *_: None}}}}):
        plugin = Plugin(id="judge", database_hooks=load_options({"database_hooks": hooks}).database_hooks)
        auth = await make_auth(email_and_password={"auto_sign_in": False}, plugins=[plugin], **own)
        body = {"email": KNOWN, "password": PASSWORD}
        assert (await post(Client(auth.app), "/sign-up/email", {**body, "name": "Ada"})).status == 200
        for name, code in (("Eve", "NO_EVE"), ("Bob", "FAILED_TO_CREATE_USER")):
            answers = [
                await post(Client(auth.app), "/sign-up/email", {**body, "name": name, "email": email})
                for email in (KNOWN, UNKNOWN)
            ]
            assert [(answer.status, answer.json()["code"]) for answer in answers] == [(400, code)] * 2


async def refuse(_data: Any, _request: Any) -> None:
    raise APIError(429, {"code": "SLOW_DOWN", "message": "Later"})


async def test_an_error_of_the_sender_is_the_answer_after_the_time_of_every_answer(make_auth: MakeAuth) -> None:
    auth = await make_auth(email_verification={"send_verification_email": refuse})
    await users_of(auth)
    seconds = {}
    for email, status in ((KNOWN, 429), (VERIFIED, 200), (UNKNOWN, 200)):
        started = monotonic()
        answer = await post(Client(auth.app), "/send-verification-email", {"email": email})
        seconds[email] = monotonic() - started
        assert answer.status == status
    assert min(seconds.values()) >= 0.5
    client = Client(auth.app)
    await post(client, "/sign-in/email", {"email": KNOWN, "password": PASSWORD})
    started = monotonic()
    answer = await post(client, "/send-verification-email", {"email": KNOWN})
    assert (answer.status, answer.json()["code"]) == (429, "SLOW_DOWN")
    assert monotonic() - started < 0.5


async def test_a_slow_or_broken_sender_does_not_show_in_the_answer(
    make_auth: MakeAuth, caplog: pytest.LogCaptureFixture
) -> None:
    async def send(_data: Any, _request: Any) -> None:
        await asyncio.sleep(0.7)
        raise RuntimeError("a broken sender")

    auth = await make_auth(email_verification={"send_verification_email": send})
    await users_of(auth)
    started = monotonic()
    answer = await post(Client(auth.app), "/send-verification-email", {"email": KNOWN})
    assert (answer.status, answer.json()) == (200, {"status": True})
    assert 0.5 <= monotonic() - started < 0.7
    await asyncio.sleep(0.4)
    assert "Failed to send the verification e-mail" in caplog.text


async def test_what_a_client_gets_wrong_is_a_warning(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    auth = await make_auth(email_and_password={"send_reset_password": refuse})
    await users_of(auth)
    client = Client(auth.app)
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="betterauth"):
        await post(client, "/sign-in/email", {"email": UNKNOWN, "password": PASSWORD})
        await post(client, "/sign-in/email", {"email": KNOWN, "password": "wrong password"})
        await post(client, "/sign-up/email", {"name": "Ada", "email": UNKNOWN, "password": "short"})
        await post(client, "/sign-up/email", {"name": "Ada", "email": UNKNOWN, "password": "long" * 99})
        await post(client, "/request-password-reset", {"email": UNKNOWN})
        await asyncio.sleep(0.1)
    said = [(record.levelno, record.getMessage()) for record in caplog.records if record.name == "betterauth"]
    assert said == [
        (logging.WARNING, "A sign-in was refused: no such user"),
        (logging.WARNING, "A sign-in was refused: a wrong password"),
        (logging.WARNING, "A password was refused: too short"),
        (logging.WARNING, "A password was refused: too long"),
        (logging.WARNING, "A password reset was asked for, but no user has the address"),
    ]
    assert UNKNOWN not in caplog.text
