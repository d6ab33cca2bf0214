"""Templates: the built-in ones, a deployer's in their place, and the wrong ones, which stop the start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.assembly.mails import CORE_MAILS
from betterauth_py.flows.password_reset import RESET_PASSWORD
from betterauth_py.flows.verification_mail import VERIFY_EMAIL
from betterauth_py.mail.kinds import BUILT_IN, TEST, wanted_kinds
from betterauth_py.mail.setup import load_templates
from betterauth_py.mail.templates import MailTemplates
from betterauth_py.options import MailOptions, Options
from tests.conftest import SECRET


def templates(**mail: Any) -> MailTemplates:
    options = replace(Options(), app_name="Acme", mail=MailOptions(**mail))
    return load_templates(options, wanted_kinds(CORE_MAILS, options.mail.send))


def write(folder: Path, **files: str) -> str:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_subject", ".subject")
        path = path.with_name(path.name.replace("_txt", ".txt").replace("_html", ".html").replace("_", "-"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", CORE_MAILS, ids=lambda kind: kind.name)
def test_every_mail_says_who_writes_and_has_its_link_in_both_forms(kind: Any, language: str) -> None:
    mail = templates().render(kind, language, kind.sample)
    assert "Acme" in mail.subject
    assert mail.html is not None
    assert f'<html lang="{language}">' in mail.html
    assert "Acme" in mail.text
    assert "Ada Lovelace" in mail.text
    assert "Ada Lovelace" in mail.html
    if url := kind.sample.get("url"):
        assert f"\n{url}\n" in mail.text
        assert mail.html.count(f'href="{url.replace("&", "&amp;")}"') == 2
    # Nothing is loaded from elsewhere when the mail is read.
    assert "src=" not in mail.html
    assert "{" not in mail.text


@pytest.mark.parametrize("kind", CORE_MAILS, ids=lambda kind: kind.name)
def test_german_goes_on_in_lower_case_after_the_salutation(kind: Any) -> None:
    named = templates().render(kind, "de", kind.sample)
    unnamed = templates().render(kind, "de", {**kind.sample, "name": ""})
    for mail in (named, unnamed):
        assert mail.html is not None
    # Only the formal `Sie` and nouns stay capital.
    first = named.text.partition(",\n\n")[2].split()[0]
    assert first[0].islower() or first in {"Sie", "Ihr"}
    assert unnamed.text[0].isupper()
    assert f">{first} " in (named.html or "") or f">{first}," in (named.html or "")


def test_the_languages_have_the_same_mails() -> None:
    names = {language: {path.name for path in (BUILT_IN / language).iterdir()} for language in ("en", "de")}
    assert names["en"] - names["de"] == set()
    assert templates().languages == ("en", "de")


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [(3600, "1 hour", "1 Stunde"), (7200, "2 hours", "2 Stunden"), (86_400, "1 day", "1 Tag"),
     (172_800, "2 days", "2 Tage"),
     (900, "15 minutes", "15 Minuten"), (5400, "90 minutes", "90 Minuten"), (1, "1 second", "1 Sekunde")],
)  # fmt: skip
def test_a_life_is_told_in_words(seconds: int, english: str, german: str) -> None:
    sample = {**RESET_PASSWORD.sample, "expires_in": seconds}
    assert f"for {english}." in templates().render(RESET_PASSWORD, "en", sample).text
    assert f" {german} lang." in templates().render(RESET_PASSWORD, "de", sample).text


def test_what_a_user_wrote_is_text_in_html() -> None:
    user = {"name": "<img src=x>", "email": '"><script>@example.com'}
    html = templates().render(VERIFY_EMAIL, "en", {**VERIFY_EMAIL.sample, "user": user, "name": "<img src=x>"}).html
    assert html is not None
    assert "<script>" not in html
    assert "<img" not in html
    assert "&lt;img src=x&gt;" in html


def test_a_deployer_replaces_files_one_by_one(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        reset_password_subject_txt="New password for {{ user.email }} at {{ app_name }}",
        de__reset_password_txt="Hier: {{ url }}",
        layout_html="<html><!-- ours --><h1>{% block heading %}{% endblock %}</h1></html>",
        de__verify_email_html="",
    )
    own = templates(templates=folder)
    english, german = (own.render(RESET_PASSWORD, tag, RESET_PASSWORD.sample) for tag in ("en", "de"))
    assert english.subject == "New password for ada@example.com at Acme"
    assert german.subject == "Acme: Passwort zurücksetzen"
    assert german.text == f"Hier: {RESET_PASSWORD.sample['url']}\n"
    assert "Somebody, hopefully you" in english.text
    for mail, heading in ((english, "Reset your password"), (german, "Passwort zurücksetzen")):
        assert mail.html == f"<html><!-- ours --><h1>{heading}</h1></html>"
    assert own.render(VERIFY_EMAIL, "de", VERIFY_EMAIL.sample).html is None


def test_the_folders_of_a_directory_are_its_languages(tmp_path: Path) -> None:
    write(tmp_path, reset_password_txt="{{ url }}")
    assert templates(templates=str(tmp_path)).languages == ("en",)
    assert templates(templates=str(tmp_path), languages=["en", "de"]).languages == ("en", "de")
    (tmp_path / "de").mkdir()
    (tmp_path / "partials").mkdir()
    assert templates(templates=str(tmp_path)).languages == ("en", "de")


def test_a_language_of_ones_own(tmp_path: Path) -> None:
    files = {
        f"fr__{kind.name.replace('-', '_')}_{part}_txt".replace("_text_txt", "_txt"): f"{kind.name} en français"
        for kind in CORE_MAILS
        for part in ("subject", "text")
    }
    own = templates(templates=write(tmp_path, **files), default_language="fr")
    mail = own.render(RESET_PASSWORD, "fr", RESET_PASSWORD.sample)
    assert (mail.subject, mail.html) == ("reset-password en français", None)
    assert own.render(TEST, "fr", {}).subject == "Acme: mail works"
    assert own.languages == ("fr",)


def refused(directory: Path | None = None, **mail: Any) -> str:
    with pytest.raises(ConfigurationError) as caught:
        templates(**mail, **({"templates": str(directory)} if directory else {}))
    return str(caught.value)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    write(tmp_path, fr__reset_password_txt="{{ url }}")
    assert f"The mail template fr/reset-password.subject.txt is missing in {tmp_path}." in refused(tmp_path)
    assert "fr/reset-password.subject.txt is missing" in refused(default_language="fr")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hello\n{% if %}", "line 2, cannot be read: Expected an expression"),
        (
            "Hello\n\n{{ nobody }}",
            "line 3, cannot be rendered: 'nobody' is undefined. It can use: app_name, base_url, ",
        ),
        ("{{ user.nickname }}", "line 1, cannot be rendered: 'dict object' has no attribute 'nickname'"),
        ("{{ 1 / 0 }}", "line 1, cannot be rendered: division by zero"),
        ("{{ url | upcase }}", "line 1, cannot be read: No filter named 'upcase'"),
        ("\n{% include 'gone.txt' %}", "line 2, needs the template gone.txt, which is not there"),
    ],
)
def test_a_broken_template_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, reset_password_txt=text)
    said = refused(tmp_path)
    assert f"The mail template {tmp_path}/reset-password.txt, {message}" in said


def test_a_template_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "reset-password.txt").write_bytes("Grüße".encode("latin-1"))
    assert "reset-password" in refused(tmp_path)
    assert "is not UTF-8" in refused(tmp_path)


def test_wrong_settings_of_templates_are_told(tmp_path: Path) -> None:
    assert "is not a directory. Make it" in refused(tmp_path / "gone")
    assert "`mail.default_language`: '../de' is not a language tag" in refused(default_language="../de")
    assert "`mail.languages`: 'deutsch' is not a language tag" in refused(languages=["en", "deutsch"])
    assert "`mail.default_language`: 'en' is not in `mail.languages`" in refused(languages=["de"])


def test_a_broken_template_stops_the_start(tmp_path: Path) -> None:
    write(tmp_path, de__verify_email_html="{{ oh }}")
    with pytest.raises(
        ConfigurationError, match=r"de/verify-email.html, line 1, cannot be rendered: 'oh' is undefined"
    ):
        BetterAuth(
            secret=SECRET, base_url="http://localhost:3000", mail={"transport": "console", "templates": str(tmp_path)}
        )


def test_mails_that_are_not_sent_need_no_templates(tmp_path: Path) -> None:
    write(tmp_path, verify_email_html="{{ oh }}")
    templates(templates=str(tmp_path), send={"verify_email": False})
