"""Makes the mailer of an auth from its options."""

from __future__ import annotations

from collections.abc import Iterable
from email.headerregistry import Address
from pathlib import Path
from typing import Any

from betterauth_py.delivery import LONGEST_ATTEMPT
from betterauth_py.errors import ConfigurationError
from betterauth_py.mail.addresses import read_mailbox
from betterauth_py.mail.kinds import TEST, MailKind, wanted_kinds
from betterauth_py.mail.local import ConsoleTransport, FolderTransport
from betterauth_py.mail.mailer import Mailer
from betterauth_py.mail.outbox import Outbox
from betterauth_py.mail.smtp import SmtpTransport
from betterauth_py.mail.smtp_server import resolve_smtp_server
from betterauth_py.mail.templates import MailTemplates
from betterauth_py.options import DynamicBaseURL, MailOptions, MailTransport, Options
from betterauth_py.urls.parsing import parse_url


def make_mailer(options: Options, kinds: Iterable[MailKind]) -> Mailer:
    """Return what sends mails of these kinds; every setting and template has been checked then.

    Raises:
        ConfigurationError: if one is wrong.
    """
    mail = options.mail
    outbox = Outbox.from_options(mail, lambda: make_transport(mail))
    wanted = wanted_kinds(kinds, mail.send)
    return Mailer(
        options=options,
        kinds={kind.name: kind for kind in wanted},
        templates=load_templates(options, wanted),
        outbox=outbox,
        sender=_sender(options),
        reply_to=read_mailbox(mail.reply_to, "mail.reply_to") if mail.reply_to else None,
        language_field=mail.language_field,
        clock=options.clock,
    )


def load_templates(options: Options, kinds: Iterable[MailKind]) -> MailTemplates:
    """Return the templates of these kinds of mail.

    Raises:
        ConfigurationError: if one is missing or wrong.
    """
    return MailTemplates(
        [*kinds, TEST],
        directory=Path(options.mail.templates) if options.mail.templates else None,
        languages=options.mail.languages,
        default_language=options.mail.default_language,
        shared={"app_name": options.app_name, "base_url": options.base_url or ""},
    )


def make_transport(mail: MailOptions) -> MailTransport:
    """Return the transport that the options choose.

    Raises:
        ConfigurationError: if they choose none, or a setting of it is wrong.
    """
    chosen: Any = mail.chosen_transport
    if chosen == "smtp":
        server = resolve_smtp_server(mail.smtp)
        if server.timeout > LONGEST_ATTEMPT:
            raise ConfigurationError(f"Option `mail.smtp.timeout` must be at most {LONGEST_ATTEMPT:g} seconds.")
        return SmtpTransport(server)
    if chosen == "console":
        return ConsoleTransport()
    if chosen == "folder":
        return FolderTransport(Path(mail.folder))
    if chosen is None:
        raise ConfigurationError(
            "No mail can be sent: option `mail.transport` is not set. Set BETTER_AUTH_SMTP_URL, or `mail.transport` to "
            '"console" or "folder".'
        )
    if not callable(getattr(chosen, "send", None)):
        raise ConfigurationError(
            f"Option `mail.transport`: {type(chosen).__name__} has no method `send`. "
            "Give an object with `async def send(self, message)`."
        )
    own: MailTransport = chosen
    return own


def _sender(options: Options) -> Address:
    if options.mail.sender:
        return read_mailbox(options.mail.sender, "mail.sender")
    if options.mail.chosen_transport not in {"console", "folder"}:
        raise ConfigurationError(
            "Option `mail.sender` is missing: whom mails are from. Set it, or BETTER_AUTH_MAIL_SENDER, for example to "
            "Example <no-reply@example.com>."
        )
    base_url = options.base_url.fallback if isinstance(options.base_url, DynamicBaseURL) else options.base_url
    url = parse_url(base_url) if base_url else None
    host = str(url.hostname) if url is not None and url.hostname else "localhost"
    return Address(display_name=" ".join(options.app_name.split()), username="no-reply", domain=host.strip("[]"))
