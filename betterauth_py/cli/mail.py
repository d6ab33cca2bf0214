"""`betterauth mail`: preview mails and send a test mail."""

from __future__ import annotations

import asyncio
from pathlib import Path

from betterauth_py.assembly.mails import mails_of
from betterauth_py.assembly.plugins import plugins_of
from betterauth_py.cli.messages import find_language, load_message_options, print_kinds
from betterauth_py.errors import ConfigurationError, MailError
from betterauth_py.mail.addresses import read_recipient
from betterauth_py.mail.kinds import TEST
from betterauth_py.mail.setup import load_templates, make_mailer, make_transport
from betterauth_py.mail.templates import MailTemplates
from betterauth_py.options import Options
from betterauth_py.options.deployment import with_development_mail


def preview(config: Path | None, name: str | None, *, language: str | None, part: str) -> int:
    """Print a mail rendered with sample values, or list all mails; return the exit code.

    Raises:
        ConfigurationError: if a template is wrong, or there is no such mail or language.
    """
    options = load_message_options(config, with_development_mail)
    mails = mails_of(plugins_of(options))
    kinds = {kind.name: kind for kind in (*mails, TEST)}
    if name is None:
        print_kinds(kinds.values())
        return 0
    if name not in kinds:
        raise ConfigurationError(f"There is no mail {name!r}. Mails: {', '.join(kinds)}.")
    templates = load_templates(options, mails)
    mail = templates.render(kinds[name], _language(templates, language), kinds[name].sample)
    if part == "subject":
        print(mail.subject)
    elif part == "html":
        print(mail.html or "")
    elif part == "text":
        print(mail.text, end="")
    else:
        print(f"Subject: {mail.subject}\n\n{mail.text}", end="")
    return 0


def send_test(config: Path | None, address: str, *, language: str | None) -> int:
    """Send one mail without retries and report the result; return the exit code.

    Raises:
        BetterAuthError: if the configuration is wrong, or the mail cannot be delivered.
    """
    options = load_message_options(config, with_development_mail)
    if options.mail.chosen_transport is None:
        raise ConfigurationError(
            "No mail can be sent: there is no mail server. Set BETTER_AUTH_SMTP_URL, for example to "
            "smtp://user:password@smtp.example.com:587, and BETTER_AUTH_MAIL_SENDER."
        )
    try:
        recipient = read_recipient(address)
    except MailError as error:
        raise ConfigurationError(f"Cannot send to {address!r}: {error}.") from None
    place = asyncio.run(_send_test(options, recipient.addr_spec, language))
    print(f"Sent to {address}: {place}.")
    return 0


async def _send_test(options: Options, address: str, language: str | None) -> str:
    mailer, transport = make_mailer(options, mails_of(plugins_of(options))), make_transport(options.mail)
    message = await mailer.write(TEST, address, _language(mailer.templates, language), TEST.sample)
    try:
        await transport.send(message)
    except MailError as error:
        raise MailError(f"The mail was not sent. {error}") from None
    except Exception as error:
        # From the deployment's own transport.
        raise MailError(f"The mail was not sent: {type(error).__name__}: {error}") from error
    return mailer.outbox.place


def _language(templates: MailTemplates, wanted: str | None) -> str:
    return find_language(templates.languages, wanted or templates.default_language, missing="There are no mails")
