"""`betterauth mail`, and the mails of a server in development."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from betterauth_py.assembly.mails import CORE_MAILS
from tests.cli.command import run, serving
from tests.cli.test_serve import ALICE, sign_up
from tests.mail.smtp_server import PASSWORD, USER, MailServer, make_certificate, smtp_server


@pytest.fixture
def server() -> Iterator[MailServer]:
    with smtp_server() as server:
        yield server


@pytest.mark.parametrize("name", [*(kind.name for kind in CORE_MAILS), "test"])
def test_every_mail_can_be_looked_at(tmp_path: Path, name: str) -> None:
    text = run(tmp_path, "mail", "preview", name)
    assert (text.returncode, text.stderr) == (0, "")
    assert text.stdout.startswith("Subject: ")
    html = run(tmp_path, "mail", "preview", name, "--language", "de-AT", "--html").stdout
    assert html.startswith('<!doctype html>\n<html lang="de">')


def test_a_preview_shows_ones_own_templates(tmp_path: Path) -> None:
    (tmp_path / "betterauth.toml").write_text('app_name = "Acme"\n[mail]\ntemplates = "mails"\n')
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "reset-password.subject.txt").write_text("{{ app_name }}: ours")
    assert run(tmp_path, "mail", "preview", "reset-password", "--subject").stdout == "Acme: ours\n"
    (tmp_path / "mails" / "reset-password.txt").write_text("one\n{{ two }}")
    broken = run(tmp_path, "mail", "preview", "reset-password")
    assert broken.returncode == 1
    assert (
        "betterauth: The mail template mails/reset-password.txt, line 2, cannot be rendered: 'two' is und"
        in broken.stderr
    )
    assert "Traceback" not in broken.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["preview", "reset"], "There is no mail 'reset'. Mails: reset-password, verify-email, change-email, "),
        (["preview", "test", "--language", "fr"], "There are no mails in 'fr'. Languages: en, de."),
        (["test", "nobody"], "Cannot send to 'nobody': the address is not one that mail can be sent to."),
    ],
)
def test_a_wrong_argument_is_told(tmp_path: Path, arguments: list[str], message: str) -> None:
    done = run(tmp_path, "mail", *arguments)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_test_mail_goes_where_the_configuration_says(tmp_path: Path, server: MailServer) -> None:
    inbox = run(tmp_path, "mail", "test", "bob@example.com")
    assert (inbox.returncode, inbox.stdout) == (0, "Sent to bob@example.com: .betterauth/mails/*.eml.\n")
    assert len(list((tmp_path / ".betterauth/mails").glob("*-test-*.eml"))) == 1
    url = f"smtp://127.0.0.1:{server.port}?security=none"
    variables = {"BETTER_AUTH_SMTP_URL": url, "BETTER_AUTH_MAIL_SENDER": "Acme <no-reply@acme.test>"}
    sent = run(tmp_path, "mail", "test", "bob@example.com", "--language", "de", **variables)
    assert (sent.returncode, sent.stderr) == (0, "")
    assert sent.stdout == f"Sent to bob@example.com: SMTP, 127.0.0.1:{server.port}.\n"
    assert server.wait()["Subject"] == "Better Auth: E-Mails kommen an"


def test_a_test_mail_that_fails_says_why_and_what_to_do(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "tls")
    sender = {"BETTER_AUTH_MAIL_SENDER": "no-reply@acme.test"}
    with smtp_server(certificate, login=True) as server:
        base = {**sender, "BETTER_AUTH_SMTP_URL": f"smtp://{USER.replace('@', '%40')}@127.0.0.1:{server.port}"}
        wrong = {**base, "BETTER_AUTH_SMTP_PASSWORD": "wrong-one"}
        done = run(tmp_path, "mail", "test", "bob@example.com", **wrong)
        assert done.returncode == 1
        assert "cannot be trusted: self-signed certificate" in done.stderr
        (tmp_path / "betterauth.toml").write_text(f'[mail.smtp]\nca_file = "{certificate}"\n')
        done = run(tmp_path, "mail", "test", "bob@example.com", **wrong)
        assert "refused the login: 535" in done.stderr
        assert "wrong-one" not in done.stderr
        done = run(tmp_path, "mail", "test", "bob@example.com", **base, BETTER_AUTH_SMTP_PASSWORD=PASSWORD)
        assert (done.returncode, done.stderr) == (0, "")
        server.wait()
    done = run(tmp_path, "mail", "test", "bob@example.com", **base, BETTER_AUTH_SMTP_PASSWORD=PASSWORD)
    assert done.returncode == 1
    assert "betterauth: The mail was not sent. 127.0.0.1:" in done.stderr
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_production_without_a_mail_server_says_what_is_missing(tmp_path: Path) -> None:
    done = run(tmp_path, "mail", "test", "bob@example.com", BETTER_AUTH_URL="https://auth.example.com")
    assert done.returncode == 1
    assert "No mail can be sent: there is no mail server. Set BETTER_AUTH_SMTP_URL" in done.stderr


def test_a_server_in_development_tells_where_the_mails_lie(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        sign_up(server)
        assert "  Mails      .betterauth/mails/*.eml" in server.printed.splitlines()
        assert server.ask("POST", "/api/auth/request-password-reset", {"email": ALICE["email"]}).status == 200
        give_up = time.monotonic() + 10
        while not (found := list((tmp_path / ".betterauth/mails").glob("*-reset-password-*.eml"))):
            assert time.monotonic() < give_up
            time.sleep(0.02)
        mail = found[0].read_text()
        link = next(line for line in mail.splitlines() if line.startswith("http"))
        assert link.startswith(f"http://localhost:{server.port}/api/auth/reset-password/")
        assert server.stop() == 0
        token = link.rpartition("/")[2].partition("?")[0]
        assert "Mail reset-password to a***@example.com" in server.printed
        assert "sent (.betterauth/mails/*.eml)" in server.printed
        for private in (token, ALICE["email"], "Traceback"):
            assert private not in server.printed


def test_a_stopping_server_finishes_its_mails(tmp_path: Path, server: MailServer) -> None:
    server.delay = 1
    variables = {
        "BETTER_AUTH_SMTP_URL": f"smtp://127.0.0.1:{server.port}?security=none",
        "BETTER_AUTH_MAIL_SENDER": "no-reply@acme.test",
    }
    with serving(tmp_path, **variables) as running:
        sign_up(running)
        running.ask("POST", "/api/auth/request-password-reset", {"email": ALICE["email"]})
        assert running.stop() == 0
    assert len(server.mails) == 1


def test_a_wrong_mail_setting_stops_the_start(tmp_path: Path) -> None:
    done = run(tmp_path, "serve", BETTER_AUTH_SMTP_URL="mail.example.com")
    assert done.returncode == 1
    assert "betterauth: Option `mail.smtp.url` (BETTER_AUTH_SMTP_URL): it does not start with smtp://" in done.stderr
    assert "Traceback" not in done.stderr
