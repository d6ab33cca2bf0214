"""The group `mail`: its environment, and every wrong value with the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.assembly.options import load_options
from betterauth_py.mail.smtp_server import SmtpServer, resolve_smtp_server
from betterauth_py.options import MailOptions, SmtpOptions
from betterauth_py.options.deployment import with_development_mail
from betterauth_py.options.environment import with_environment
from tests.conftest import SECRET

URL = "smtp://user:p%40ss@mail.example.com"
SMTP = {"host": "mail.example.com"}


class Own:
    async def send(self, message: object) -> None: ...


def auth(**mail: Any) -> BetterAuth:
    return BetterAuth(secret=SECRET, base_url="http://localhost:3000", mail=mail)


def test_no_mail_is_sent_unless_the_options_say_so() -> None:
    plain = BetterAuth(secret=SECRET, base_url="http://localhost:3000")
    assert plain.mails is None
    assert plain.options.email_and_password.send_reset_password is None
    assert plain.options.user.delete_user.send_delete_account_verification is None


@pytest.mark.parametrize(
    ("mail", "place"),
    [
        ({"transport": "console"}, "printed here"),
        ({"transport": "folder", "folder": "there"}, "there/*.eml"),
        ({"smtp": SMTP, "sender": "a@b.test"}, "SMTP, mail.example.com:587"),
        ({"smtp": {"url": "smtps://[::1]"}, "sender": "a@b.test"}, "SMTP, [::1]:465"),
        ({"transport": "console", "smtp": SMTP}, "printed here"),
        ({"transport": Own(), "sender": "a@b.test"}, "Own"),
        ({"transport": "tests.options.test_mail:Own", "sender": "a@b.test"}, "Own"),
    ],
)
def test_the_transport_is_the_one_that_is_set_or_the_server_that_is(mail: dict[str, Any], place: str) -> None:
    assert auth(**mail).mails == place


@pytest.mark.parametrize(
    ("mail", "message"),
    [
        ({"transport": "smpt"}, "Option `mail.transport` must be 'smtp' or 'console' or 'folder' or 'none', not"),
        ({"transport": "smtp"}, r"Option `mail.smtp.host` is missing: .*BETTER_AUTH_SMTP_URL"),
        ({"transport": 5, "sender": "a@b.test"}, "Option `mail.transport`: int has no method `send`"),
        ({"transport": "no.such:thing"}, "Option `mail.transport`"),
        ({"smtp": SMTP}, "Option `mail.sender` is missing: .*BETTER_AUTH_MAIL_SENDER"),
        ({"smtp": SMTP, "sender": "nobody"}, "Option `mail.sender`: 'nobody' is not an e-mail address"),
        ({"smtp": SMTP, "sender": "a@b.test", "reply_to": "x"}, "Option `mail.reply_to`: 'x' is not an e-mail address"),
        ({"transport": "console", "concurrency": 0}, "Option `mail.concurrency`: 0 is too small. Give 1 or more"),
        ({"transport": "console", "max_waiting": 0}, "Option `mail.max_waiting`: 0 is too small"),
        ({"transport": "console", "retry_for": -1}, "Option `mail.retry_for`: -1 is too small. Give 0 or more"),
        ({"transport": "console", "retry_for": "soon"}, "Option `mail.retry_for` must be a whole number of seconds"),
        ({"sended": "a@b.test"}, "Unknown option `mail.sended`. Did you mean `send"),
        ({"smtp": {"user": "x"}}, "Unknown option `mail.smtp.user`. Did you mean `username`"),
        ({"smtp": {**SMTP, "timeout": 500}, "sender": "a@b.test"}, "`mail.smtp.timeout` must be at most 120 seconds"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_the_way_out(mail: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        auth(**mail)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"url": URL}, ("mail.example.com", 587, "starttls", "user", "p@ss")),
        ({"url": "smtp://mail.example.com:2525/"}, ("mail.example.com", 2525, "starttls", None, None)),
        ({"url": "smtps://u:pw1@mail.example.com"}, ("mail.example.com", 465, "tls", "u", "pw1")),
        ({"url": "smtp://localhost?security=none"}, ("localhost", 25, "none", None, None)),
        ({"url": "smtp://u@mail.example.com", "password": "p/w"}, ("mail.example.com", 587, "starttls", "u", "p/w")),
        ({"host": "h", "security": "tls"}, ("h", 465, "tls", None, None)),
        ({"host": "127.0.0.1", "security": "none", "username": "u", "password": "pw1"},
         ("127.0.0.1", 25, "none", "u", "pw1")),
    ],
)  # fmt: skip
def test_a_url_says_the_same_as_the_single_options(options: dict[str, Any], said: tuple[Any, ...]) -> None:
    server: SmtpServer = resolve_smtp_server(SmtpOptions(**options))
    assert (server.host, server.port, server.security, server.username, server.password) == said
    if server.password:
        assert server.password not in repr(server)
        assert server.password not in repr(MailOptions(smtp=SmtpOptions(**options)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"url": "http://hidden@x.test"}, "it does not start with smtp:// or smtps://"),
        ({"url": "mail.example.com:587"}, "it does not start with smtp:// or smtps://"),
        ({"url": "smtp://"}, "it names no server"),
        ({"url": "smtp://user:hid#den@x.test"}, "it is not a URL|stands after the server"),
        ({"url": "smtp://user:hid/den@x.test"}, "it is not a URL|stands after the server"),
        ({"url": "smtp://x.test:99999"}, "it is not a URL with a port from 1 to 65535"),
        ({"url": "smtp://x.test?tls=yes"}, "after . it may say security=..., nothing else"),
        ({"url": "smtp://x.test?security=hidden"}, "security is one of starttls, tls, opportunistic, none"),
        ({"url": "smtps://x.test?security=none"}, "smtps:// speaks TLS from the start"),
        ({"url": URL, "host": "other"}, "`mail.smtp.host` is given twice"),
        ({"url": URL, "password": "hidden"}, "`mail.smtp.password` is given twice"),
        ({"host": "h", "port": 0}, "`mail.smtp.port`: 0 is not a port"),
        ({"host": "h", "username": "u"}, "`mail.smtp.password` is missing, but `mail.smtp.username` is set"),
        ({"host": "h", "password": "hidden"}, "`mail.smtp.username` is missing, but `mail.smtp.password` is set"),
        ({"host": "h", "username": "u", "password": "hidden", "security": "none"}, "`mail.smtp.security` is 'none'"),
        ({"url": f"{URL}?security=opportunistic"}, "`mail.smtp.security` is 'opportunistic'"),
        ({"host": "h", "timeout": 0}, "`mail.smtp.timeout` must be more than 0"),
        ({"host": "h", "local_hostname": "a b"}, "`mail.smtp.local_hostname` is not a host name"),
        ({"host": "h", "ca_file": "/nowhere.pem"}, "`mail.smtp.ca_file`: /nowhere.pem cannot be used: No such file"),
    ],
)
def test_a_wrong_server_is_refused_without_its_password(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        resolve_smtp_server(SmtpOptions(**options))
    assert "hid" not in str(caught.value)
    assert "p%40ss" not in str(caught.value)


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    with pytest.raises(ConfigurationError, match=r"it holds no PEM certificate\. Name a file"):
        resolve_smtp_server(SmtpOptions(host="h", ca_file=str(tmp_path / "ca.pem")))


ENVIRONMENT = {"BETTER_AUTH_SMTP_URL": URL, "BETTER_AUTH_MAIL_SENDER": "env@b.test"}


def test_the_environment_names_server_and_sender() -> None:
    for wins in (True, False):
        mail = load_options(with_environment({}, ENVIRONMENT, environment_wins=wins)).mail
        assert (mail.smtp.url, mail.sender, mail.chosen_transport) == (URL, "env@b.test", "smtp")


def test_the_environment_takes_the_place_of_a_files_server_but_not_of_pythons() -> None:
    file = {"mail": {"transport": "folder", "sender": "file@b.test", "smtp": {**SMTP, "port": 26, "timeout": 5}}}
    over = with_environment(file, ENVIRONMENT, environment_wins=True)["mail"]
    assert over == {"transport": "smtp", "sender": "env@b.test", "smtp": {"timeout": 5, "url": URL}}
    assert with_environment(file, ENVIRONMENT, environment_wins=False) == file
    password = {"BETTER_AUTH_SMTP_PASSWORD": "env", "BETTER_AUTH_MAIL_TRANSPORT": "console"}
    over = with_environment({"mail": {"smtp": {**SMTP, "password": "file"}}}, password, environment_wins=True)["mail"]
    assert over == {"smtp": {**SMTP, "password": "env"}, "transport": "console"}


@pytest.mark.parametrize(
    ("values", "transport"),
    [
        ({}, "folder"),
        ({"mail": {"sender": "a@b.test"}}, "folder"),
        ({"mail": {"transport": "console"}}, "console"),
        ({"mail": {"smtp": SMTP}}, "smtp"),
        ({"mail": {"smtp": {"url": URL}}}, "smtp"),
    ],
)
def test_development_writes_to_a_folder_unless_told_otherwise(values: dict[str, Any], transport: str) -> None:
    assert with_development_mail(load_options(values)).mail.chosen_transport == transport
