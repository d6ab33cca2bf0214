"""Headers, addresses, names and languages: nothing that anybody types becomes more than text."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage

import pytest

from betterauth_py.errors import ConfigurationError, MailError
from betterauth_py.mail.addresses import mask, read_mailbox, read_recipient, without_private_parts
from betterauth_py.mail.languages import choose_language
from betterauth_py.mail.message import RenderedMail, make_message
from betterauth_py.mail.names import harmless_name

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def make(
    subject: str = "Hello", text: str = "Hi\n", html: str | None = "<p>Hi</p>", sender: str = "a@b.test"
) -> EmailMessage:
    mail = RenderedMail("reset-password", "de", subject, text, html)
    to = read_recipient("bob@example.com")
    message = make_message(mail, sender=read_mailbox(sender, "mail.sender"), recipient=to, reply_to=None, at=NOW)
    parsed = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_a_mail_has_the_headers_of_an_automatic_one_and_two_forms() -> None:
    message = make(sender="Größe & Co <no-reply@example.com>")
    assert message["From"].addresses[0].display_name == "Größe & Co"
    assert message["To"] == "bob@example.com"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "de"
    assert message["Date"].datetime == NOW
    assert message["Message-ID"].endswith("@example.com>")
    assert message["Message-ID"] != make(sender="Größe & Co <no-reply@example.com>")["Message-ID"]
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert make(html=None).get_content_type() == "text/plain"


def test_a_subject_cannot_add_headers() -> None:
    message = make(subject="Hello\r\nBcc: everybody@example.com\n\n<p>\u2028x\x00y Grüße")
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: everybody@example.com <p> x y Grüße"


@pytest.mark.parametrize("text", ["short\n", f"https://a.test/{'x' * 2000}\n", "Grüße\n", f"{'ü' * 3000}\n"])
def test_no_line_is_longer_than_mail_allows_and_nothing_is_lost(text: str) -> None:
    mail = RenderedMail("test", "en", "s", text, f"<p>{text}</p>")
    address = read_recipient("bob@example.com")
    message = make_message(mail, sender=address, recipient=address, reply_to=address, at=NOW)
    raw = message.as_bytes()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    parsed = message_from_bytes(raw, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    part = parsed.get_body(("plain",))
    assert part is not None
    assert part.get_content().replace("\r\n", "\n") == text


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("bob@example.com", "bob@example.com"),
        ("o'neil+x_y@sub.example.com", "o'neil+x_y@sub.example.com"),
        ("bob@bücher.example", "bob@xn--bcher-kva.example"),
        ("bob@straße.example", "bob@xn--strae-oqa.example"),
        ("jürgen@bücher.example", "jürgen@xn--bcher-kva.example"),
    ],
)
def test_an_address_gets_a_domain_in_ascii(address: str, read: str) -> None:
    assert read_recipient(address).addr_spec == read


@pytest.mark.parametrize(
    "address",
    [
        "", "bob", "@example.com", "bob@", "bob@example.com\r\nBcc: eve@example.com", "bob@example.com\n",
        "a b@example.com",
        "bob@example.com,eve@example.com", "<bob@example.com>", '"bob"@example.com', "bob@ex ample.com",
        "bob@@example.com",
        ".bob@example.com", "b..ob@example.com", "bob@example..com", "bob\x00@example.com", "bob@ü/x", "bob@ü:80",
    ],
)  # fmt: skip
def test_what_is_no_address_gets_no_mail_and_is_not_repeated(address: str) -> None:
    with pytest.raises(MailError) as caught:
        read_recipient(address)
    assert not caught.value.temporary
    assert str(caught.value) == "the address is not one that mail can be sent to"


@pytest.mark.parametrize(
    "text", ["nobody", "A <b>", "A <b@c.test>\r\nBcc: d@e.test", "A\x00 <b@c.test>", "<>", "Name <a@b@c>"]
)
def test_a_sender_that_is_none_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"Option `mail.sender`: .* is not an e-mail address. Write for example"
    ):
        read_mailbox(text, "mail.sender")


def test_a_sender_may_have_a_name() -> None:
    assert read_mailbox("a@b.test", "mail.sender") == Address("", "a", "b.test")
    assert read_mailbox('"Acme, Inc." <a@b.test>', "mail.sender") == Address("Acme, Inc.", "a", "b.test")


def test_logs_show_an_address_in_part_and_no_link() -> None:
    assert mask("bob@example.com") == "b***@example.com"
    assert mask("b\nx@example.com\r") == "b***@example.com?"
    assert mask("nonsense") == "***"
    said = "5.1.1 <bob@example.com>:\r\n no user, see HTTPS://help.test/?q=token\x1b[31m and bob@example.com."
    shown = without_private_parts(said)
    assert shown == "5.1.1 <b***@example.com>: no user, see <link> [31m and b***@example.com."
    assert len(without_private_parts("x" * 10_000)) == 300


@pytest.mark.parametrize(
    "name", ["Ada Lovelace", "Jürgen Groß", "Anne-Marie O'Neil", "J.R. Ewing", "山田太郎", "  Ada  "]
)
def test_a_name_is_greeted(name: str) -> None:
    assert harmless_name(name) == name.strip()


@pytest.mark.parametrize(
    "name",
    [
        "You won! Go to https://evil.test", "evil.test", "www.evil", "evil。test", "Ada <b>x</b>", "mail eve@evil.test",
        "x" * 61, "Ada\u202eecalevoL", "", None, "Ada\x00", "a/b",
    ],
)  # fmt: skip
def test_a_name_that_is_an_advertisement_is_not(name: object) -> None:
    assert harmless_name(name) == ""


@pytest.mark.parametrize(
    ("field", "header", "chosen"),
    [
        (None, None, "en"),
        (None, "", "en"),
        (None, "de", "de"),
        (None, "de-AT,en;q=0.5", "de"),
        (None, "fr, de;q=0.3, en;q=0.8", "en"),
        (None, "fr;q=1, de;q=0.9", "de"),
        (None, "en;q=0, de;q=0.1", "de"),
        (None, "*", "en"),
        (None, "fr, *;q=0.5, de;q=0.4", "en"),
        (None, "PT-br", "pt-BR"),
        (None, "pt", "en"),
        (None, "de;q=nan", "en"),
        (None, "de;q=x, ;;, ,=", "en"),
        (None, "fr," * 100_000 + "de", "en"),
        ("de", "en", "de"),
        ("de_AT.UTF-8", "en", "de"),
        ("fr", "de", "de"),
        (7, "de", "de"),
        ("../../etc", "en", "en"),
    ],
)
def test_the_language_is_the_users_then_the_requests_then_the_default(
    field: object, header: str | None, chosen: str
) -> None:
    assert choose_language(["en", "de", "pt-BR"], "en", field=field, accept_language=header) == chosen
