"""Mails of plugins: declared by them, with templates in their folders, and every promise of the core's mails."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError, Plugin
from betterauth_py.core.context import EndpointContext
from betterauth_py.core.plugin import Hook
from betterauth_py.flows.mails import send_mail
from betterauth_py.mail.kinds import MailKind, sample_of
from tests.cli.command import run
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, sign_up
from tests.mail.smtp_server import MailServer, text_of
from tests.mail.test_mailed_flows import API, over

FILES = {
    "en/notes-shared.subject.txt": "{{ name or 'Somebody' }} shared {{ title }}",
    "en/notes-shared.txt": "Read {{ title }} at {{ url }}, in {{ app_name }}",
    "de/notes-shared.subject.txt": "{{ title }} ist da",
    "de/notes-shared.txt": "Lesen: {{ url }}",
}
LINK = "http://localhost:3000/notes/1"


def make_kind(folder: Path, **changed: str | None) -> MailKind:
    """Write the templates, with those of `changed` in their place or left out, and return their mail."""
    for name, text in {**FILES, **changed}.items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    return MailKind(
        name="notes-shared",
        purpose="somebody shares a note",
        sample=sample_of("notes/1", title="Plans"),
        templates=folder,
    )


def notes(kind: MailKind, **how: Any) -> Plugin:
    async def share(ctx: EndpointContext[Any, Any]) -> None:
        to = {"email": ALICE["email"], "name": how.get("name", "Alice")}
        rest = {name: value for name, value in how.items() if name in {"pretend", "instead"}}
        is_sent = send_mail(ctx, kind, to, {"title": "Plans", "url": LINK}, **rest)
        if "seen" in how:
            how["seen"].append(is_sent)

    return Plugin(id="notes", mails=[kind], before=[Hook(handler=share, paths=["/ok"])])


def start(plugin: Plugin, **mail: Any) -> BetterAuth:
    return BetterAuth(
        secret=SECRET, base_url="http://localhost:3000", plugins=[plugin], mail={"transport": "console", **mail}
    )


def refused(plugin: Plugin, **mail: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        start(plugin, **mail)
    return str(caught.value)


async def test_a_plugin_sends_a_mail_of_its_own(make_auth: MakeAuth, server: MailServer, tmp_path: Path) -> None:
    auth = await make_auth(app_name="Acme", mail=over(server), plugins=[notes(make_kind(tmp_path))])
    client = Client(auth.app)
    assert (await client.get(f"{API}/ok", {"accept-language": "de-AT"})).status == 200
    mail = await server.arrival()
    assert (mail["To"], mail["Subject"]) == (ALICE["email"], "Plans ist da")
    assert mail["X-Mail-Kind"] == "notes-shared"
    assert text_of(mail).strip() == f"Lesen: {LINK}"
    await client.get(f"{API}/ok")
    assert (await server.arrival(2))["Subject"] == "Alice shared Plans"


async def test_a_name_that_is_an_advertisement_is_left_out(
    make_auth: MakeAuth, server: MailServer, tmp_path: Path
) -> None:
    plugin = notes(make_kind(tmp_path), name="Win at www.evil.example")
    await Client((await make_auth(mail=over(server), plugins=[plugin])).app).get(f"{API}/ok")
    assert (await server.arrival())["Subject"] == "Somebody shared Plans"


async def test_at_most_so_many_go_to_one_address(make_auth: MakeAuth, server: MailServer, tmp_path: Path) -> None:
    limits = {"enabled": True, "per_mailed_address": {"window": 60, "max": 2}}
    auth = await make_auth(mail=over(server), plugins=[notes(make_kind(tmp_path))], rate_limit=limits)
    client = Client(auth.app)
    for _ in range(4):
        assert (await client.get(f"{API}/ok")).status == 200
    await auth.context.finish_background_work()
    assert len(server.mails) == 2


async def test_a_mail_to_nobody_is_written_and_not_sent(
    make_auth: MakeAuth, server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    auth = await make_auth(mail=over(server), plugins=[notes(make_kind(tmp_path), pretend=True)])
    assert auth.context.mailer is not None
    render = auth.context.mailer.templates.render

    def note(kind: MailKind, *rest: Any) -> Any:
        written.append(kind.name)
        return render(kind, *rest)

    monkeypatch.setattr(auth.context.mailer.templates, "render", note)
    await Client(auth.app).get(f"{API}/ok")
    await auth.context.finish_background_work()
    assert (written, server.mails) == (["notes-shared"], [])


async def test_a_function_of_the_deployment_takes_its_place(
    make_auth: MakeAuth, server: MailServer, tmp_path: Path
) -> None:
    got: list[dict[str, Any]] = []
    plugin = notes(make_kind(tmp_path), instead=lambda data, _request: got.append(data))
    auth = await make_auth(mail=over(server), plugins=[plugin])
    await Client(auth.app).get(f"{API}/ok")
    await auth.context.finish_background_work()
    assert got == [{"user": {"email": ALICE["email"], "name": "Alice"}, "title": "Plans", "url": LINK}]
    assert server.mails == []


@pytest.mark.parametrize("mail", [{"send": {"notes_shared": False}}, {"transport": "none"}], ids=str)
async def test_one_that_is_off_is_not_sent_and_the_plugin_is_told(
    make_auth: MakeAuth, tmp_path: Path, mail: dict[str, Any], server: MailServer
) -> None:
    seen: list[bool] = []
    auth = await make_auth(mail={**over(server), **mail}, plugins=[notes(make_kind(tmp_path), seen=seen)])
    client = Client(auth.app)
    await client.get(f"{API}/ok")
    await sign_up(client)
    await auth.context.finish_background_work()
    assert (seen, server.mails) == ([False], [])


async def test_a_kind_that_its_plugin_does_not_declare_is_not_sent(
    make_auth: MakeAuth, server: MailServer, tmp_path: Path
) -> None:
    seen: list[bool] = []
    made = notes(make_kind(tmp_path), seen=seen)
    plugin = Plugin(id="notes", before=made.before)
    await Client((await make_auth(mail=over(server), plugins=[plugin])).app).get(f"{API}/ok")
    assert seen == [False]


def test_a_deployer_replaces_its_templates_file_by_file(tmp_path: Path) -> None:
    kind = make_kind(tmp_path / "plugin")
    own = tmp_path / "own"
    (own / "de").mkdir(parents=True)
    (own / "de/notes-shared.subject.txt").write_text("Unser {{ title }}")
    mailer = start(notes(kind), templates=str(own)).context.mailer
    assert mailer is not None
    mail = mailer.templates.render(kind, "de", kind.sample)
    assert (mail.subject, mail.text) == ("Unser Plans", f"Lesen: {kind.sample['url']}\n")


async def test_a_language_that_nobody_asked_for_may_be_missing(
    make_auth: MakeAuth, server: MailServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "betterauth.mail")
    kind = make_kind(tmp_path, **{"de/notes-shared.txt": None, "de/notes-shared.subject.txt": None})
    auth = await make_auth(mail=over(server), plugins=[notes(kind)])
    told = [record.getMessage() for record in caplog.records if "notes-shared" in record.getMessage()]
    assert told[0].startswith("Mails notes-shared are in en where de would be chosen: there is no template ")
    await Client(auth.app).get(f"{API}/ok", {"accept-language": "de"})
    mail = await server.arrival()
    assert (mail["Subject"], mail["Content-Language"]) == ("Alice shared Plans", "en")


def test_a_language_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    kind = make_kind(tmp_path / "plugin", **{"de/notes-shared.txt": None})
    assert refused(notes(kind), languages=["en", "de"]) == (
        f"The mail template de/notes-shared.txt is missing in {tmp_path / 'plugin'}. Write it in a folder that "
        "`mail.templates` names, or list the languages that are complete in `mail.languages`."
    )
    assert "de/notes-shared.txt is missing" in refused(notes(kind), default_language="de")
    (tmp_path / "own/de").mkdir(parents=True)
    assert f"Write it in {tmp_path / 'own'}, or list" in refused(notes(kind), templates=str(tmp_path / "own"))


def test_a_broken_template_of_a_plugin_stops_the_start(tmp_path: Path) -> None:
    kind = make_kind(tmp_path, **{"en/notes-shared.txt": "one\n{{ two }}"})
    said = refused(notes(kind))
    assert said.startswith(f"The mail template {tmp_path}/en/notes-shared.txt, line 2, cannot be rendered: 'two' is ")
    assert said.endswith("It can use: app_name, base_url, language, name, title, token, url, user.")


def test_two_mails_of_one_name_are_refused(tmp_path: Path) -> None:
    kind = make_kind(tmp_path)
    said = "The mail 'notes-shared' exists twice. Rename one."
    assert refused(Plugin(id="notes", mails=[kind, kind])) == said
    taken = MailKind(name="reset-password", purpose="", templates=tmp_path)
    assert "'reset-password'" in refused(Plugin(id="notes", mails=[taken]), transport="none")
    assert "needs a name such as notes-shared" in refused(Plugin(id="x", mails=[MailKind(name="A_b", purpose="")]))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("notes_sharde", "Did you mean `notes_shared`?"),
        ("delete-account", "Did you mean `delete_account`?"),
        ("zzz", "Mails: change_email, delete_account, email_changed, existing_account, notes_shared, "),
    ],
)
def test_a_mail_that_there_is_not_cannot_be_turned_off(tmp_path: Path, name: str, hint: str) -> None:
    said = refused(notes(make_kind(tmp_path)), send={name: False})
    assert said.startswith(f"Option `mail.send.{name}`: there is no such mail. {hint}")


def test_the_preview_lists_and_shows_them(tmp_path: Path) -> None:
    make_kind(tmp_path / "mails")
    (tmp_path / "own.py").write_text(
        "from pathlib import Path\nfrom betterauth_py import Plugin\n"
        "from betterauth_py.mail.kinds import MailKind, sample_of\n"
        "shared = MailKind(name='notes-shared', purpose='somebody shares a note',\n"
        "    sample=sample_of('notes/1', title='Plans'), templates=Path(__file__).with_name('mails'))\n"
        "notes = Plugin(id='notes', mails=[shared])\n"
    )
    (tmp_path / "betterauth.toml").write_text('[plugins]\nnotes = "own:notes"\n')
    listed = run(tmp_path, "mail", "preview")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "reset-password        a user asks for a new password\n" in listed.stdout
    assert "notes-shared          somebody shares a note\n" in listed.stdout
    assert run(tmp_path, "mail", "preview", "notes-shared", "--subject").stdout == "Ada Lovelace shared Plans\n"
    variable = {"BETTER_AUTH_MAIL_SEND_NOTES_SHARED": "off"}
    assert run(tmp_path, "mail", "preview", **variable).returncode == 0


async def test_every_mail_of_the_core_has_a_variable(make_auth: MakeAuth, tmp_path: Path) -> None:
    wrong = run(tmp_path, "mail", "preview", BETTER_AUTH_MAIL_SEND_VERIFY_EMAIL="perhaps")
    assert "Variable BETTER_AUTH_MAIL_SEND_VERIFY_EMAIL must be true or false." in wrong.stderr
