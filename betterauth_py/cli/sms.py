"""`betterauth sms`: preview text messages and send a test message."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from betterauth_py.assembly.plugins import plugins_of
from betterauth_py.assembly.sms import texts_of
from betterauth_py.cli.messages import find_language, load_message_options, print_kinds
from betterauth_py.core.http_client import make_http_client
from betterauth_py.errors import ConfigurationError, SmsError
from betterauth_py.options import Options, SmsMessage
from betterauth_py.options.deployment import with_development_sms
from betterauth_py.sms.kinds import TEST, SmsKind, checked_kinds
from betterauth_py.sms.setup import load_sms_templates, make_sms_transport


def preview(config: Path | None, name: str | None, *, language: str | None) -> int:
    """Print a text message rendered with sample values, or list all of them; return the exit code.

    Raises:
        ConfigurationError: if a template is wrong, or there is no such message or language.
    """
    options = load_message_options(config, with_development_sms)
    texts = texts_of(plugins_of(options))
    kinds = checked_kinds(texts)
    if name is None:
        print_kinds(kinds.values())
        return 0
    if name not in kinds:
        raise ConfigurationError(f"There is no text message {name!r}. Messages: {', '.join(kinds)}.")
    print(_message(options, texts, kinds[name], "", language).text)
    return 0


def send_test(config: Path | None, number: str, *, language: str | None) -> int:
    """Send one text message without retries and report the result; return the exit code.

    Raises:
        BetterAuthError: if the configuration is wrong, or the message cannot be delivered.
    """
    options = load_message_options(config, with_development_sms)
    print(f"Sent to {number}: {asyncio.run(_send_test(options, number, language))}.")
    return 0


async def _send_test(options: Options, number: str, language: str | None) -> str:
    client = options.http_client or make_http_client()
    transport = make_sms_transport(options, lambda: client)
    try:
        await transport.send(_message(options, texts_of(plugins_of(options)), TEST, number, language))
    except SmsError as error:
        raise SmsError(f"The text message was not sent: {error}.") from None
    except Exception as error:
        # From the deployment's own function.
        raise SmsError(f"The text message was not sent: {type(error).__name__}: {error}") from error
    finally:
        if options.http_client is None:
            await client.aclose()
    return str(transport)


def _message(
    options: Options, texts: Iterable[SmsKind], kind: SmsKind, number: str, language: str | None
) -> SmsMessage:
    templates = load_sms_templates(options, texts)
    known, wanted = templates.languages_of(kind), language or templates.default_language
    tag = find_language(known, wanted, missing="There is no such text message")
    text = templates.render(kind, tag, kind.sample)
    return SmsMessage(id="sms_test", to=number, text=text, kind=kind.name, language=tag, variables=kind.sample)
