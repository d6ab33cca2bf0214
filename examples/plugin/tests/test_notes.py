import asyncio

import pytest
from betterauth_notes import NOTE_FORMATS, NoteFormat, notes

from betterauth_py.plugins import ConfigurationError, Plugin

ADA = {"name": "Ada", "email": "ada@example.com", "password": "correct horse battery"}


async def test_a_new_user_has_a_first_note(auth_factory):
    auth = await auth_factory(plugins=[notes()], email_and_password={"enabled": True})
    client = await auth.client()
    answer = await client.post("/api/auth/sign-up/email", json=ADA)
    assert "notesWritten" not in answer.json()["user"]
    assert [note["title"] for note in (await client.get("/api/auth/notes/list")).json()] == ["Welcome!"]


async def test_notes_are_for_those_who_are_signed_in(auth_factory):
    auth = await auth_factory(plugins=[notes()])
    assert (await (await auth.client()).get("/api/auth/notes/list")).status_code == 401


async def test_nobody_writes_more_than_the_limit_however_fast(auth_factory):
    auth = await auth_factory(plugins=[notes(max_notes=2)])
    client = await auth.client(await auth.users.create())
    answers = await asyncio.gather(*(client.post("/api/auth/notes/add", json={"title": "x"}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 403, 403, 403]
    refused = next(answer for answer in answers if answer.status_code == 403)
    assert refused.json() == {"code": "TOO_MANY_NOTES", "message": "You have written enough notes"}


async def test_a_note_expires_and_the_next_start_deletes_it(auth_factory):
    auth = await auth_factory(plugins=[notes(kept_for=60)])
    client = await auth.client(await auth.users.create())
    await client.post("/api/auth/notes/add", json={"title": "Buy milk"})
    auth.clock.advance(minutes=2)
    assert (await client.get("/api/auth/notes/list")).json() == []
    assert await auth.context.rows.count("note") == 1
    await auth_factory(plugins=[notes()], database=auth.server.options.database)
    assert await auth.context.rows.count("note") == 0


@pytest.mark.parametrize(("language", "subject"), [("en", "A note was shared with you"), ("de", "Eine Notiz für dich")])
async def test_a_shared_note_is_mailed(auth_factory, language, subject):
    auth = await auth_factory(plugins=[notes()])
    await auth.users.create(email="grace@example.com")
    client = await auth.client(await auth.users.create(name="Ada"), headers={"accept-language": language})
    note = (await client.post("/api/auth/notes/add", json={"title": "Plans"})).json()
    for address in ("grace@example.com", "nobody@example.com"):
        answer = await client.post("/api/auth/notes/share", json={"id": note["id"], "email": address})
        assert answer.json() == {"status": True}
    mail = auth.mails.last_to("grace@example.com", kind="notes-shared")
    assert mail.subject.startswith(subject)
    assert "Ada" in mail.text
    assert "Plans" in mail.text
    assert auth.mails.to("nobody@example.com") == []


async def test_nobody_shares_the_note_of_another(auth_factory):
    auth = await auth_factory(plugins=[notes()])
    ada, eve = await auth.client(await auth.users.create()), await auth.client(await auth.users.create())
    note = (await ada.post("/api/auth/notes/add", json={"title": "Plans"})).json()
    answer = await eve.post("/api/auth/notes/share", json={"id": note["id"], "email": "eve@example.com"})
    assert (answer.status_code, answer.json()["code"]) == (404, "NOTE_NOT_FOUND")


async def test_sharing_has_a_rate_limit(auth_factory):
    auth = await auth_factory(plugins=[notes()], rate_limit={"enabled": True})
    client = await auth.client(await auth.users.create())
    body = {"id": "x", "email": "grace@example.com"}
    statuses = [(await client.post("/api/auth/notes/share", json=body)).status_code for _ in range(4)]
    assert statuses == [404, 404, 404, 429]


async def test_another_plugin_adds_a_format(auth_factory):
    loud = NoteFormat("loud", lambda found: " ".join(note["title"].upper() for note in found))
    auth = await auth_factory(plugins=[notes(), Plugin(id="loud", extends=[NOTE_FORMATS.add(loud)])])
    client = await auth.client(await auth.users.create())
    await client.post("/api/auth/notes/add", json={"title": "Plans"})
    assert (await client.get("/api/auth/notes/export")).text == "Plans\n"
    assert (await client.get("/api/auth/notes/export?format=loud")).text == "PLANS"
    assert (await client.get("/api/auth/notes/export?format=pdf")).json()["code"] == "UNKNOWN_NOTE_FORMAT"


def test_a_wrong_option_is_refused_by_name():
    with pytest.raises(ConfigurationError, match="max_notes"):
        notes(max_note=3)
