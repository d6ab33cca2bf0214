"""`betterauth sms`: preview text messages and send a test message."""

from __future__ import annotations

import asyncio
from pathlib import Path

from betterauth_py.assembly.plugins import plugins_of
from betterauth_py.assembly.sms import texts_of
from betterauth_py.assembly.sources import load_service_options
from betterauth_py.core.http_client import make_http_client
from betterauth_py.errors import ConfigurationError, SmsError
from betterauth_py.mail.languages import choose_language
from betterauth_py.options import Options, SmsMessage
from betterauth_py.options.deployment import decide_environment, with_development_sms
from betterauth_py.sms.kinds import TEST, SmsKind, checked_kinds
from betterauth_py.sms.setup import load_sms_templates, make_sms_transport
from betterauth_py.sms.templates import SmsTemplates


def preview(config: Path | None, name: str | None, *, language: str | None) -> int:
    """Print a text message rendered with sample values, or list all of them; return the exit code.

    Raises:
        ConfigurationError: if a template is wrong, or there is no such message or language.
    """
    options = _options(config)
    kinds = checked_kinds(texts_of(plugins_of(options)))
    if name is None:
        width = max(map(len, kinds))
        for kind in kinds.values():
            print(f"{kind.name:<{width}}  {kind.purpose}")
        return 0
    if name not in kinds:
        raise ConfigurationError(f"There is no text message {name!r}. Messages: {', '.join(kinds)}.")
    print(_message(options, kinds[name], "", language).text)
    return 0


def send_test(config: Path | None, number: str, *, language: str | None) -> int:
    """Send one text message without retries and report the result; return the exit code.

    Raises:
        BetterAuthError: if the configuration is wrong, or the message cannot be delivered.
    """
    print(f"Sent to {number}: {asyncio.run(_send_test(_options(config), number, language))}.")
    return 0


async def _send_test(options: Options, number: str, language: str | None) -> str:
    client = options.http_client or make_http_client()
    transport = make_sms_transport(options, lambda: client)
    try:
        await transport.send(_message(options, TEST, number, language))
    except SmsError as error:
        raise SmsError(f"The text message was not sent: {error}.") from None
    except Exception as error:
        # From the deployment's own function.
        raise SmsError(f"The text message was not sent: {type(error).__name__}: {error}") from error
    finally:
        if options.http_client is None:
            await client.aclose()
    return str(transport)


def _message(options: Options, kind: SmsKind, number: str, language: str | None) -> SmsMessage:
    templates = load_sms_templates(options, texts_of(plugins_of(options)))
    tag = _language(templates, kind, language)
    text = templates.render(kind, tag, kind.sample)
    return SmsMessage(id="sms_test", to=number, text=text, kind=kind.name, language=tag, variables=kind.sample)


def _options(config: Path | None) -> Options:
    """Return the options of `betterauth serve`, as far as text messages are concerned."""
    options = load_service_options(config)
    return options if decide_environment(options)[0] == "production" else with_development_sms(options)


def _language(templates: SmsTemplates, kind: SmsKind, wanted: str | None) -> str:
    known = templates.languages_of(kind)
    found = choose_language(known, "", field=wanted or templates.default_language, accept_language=None)
    if not found:
        raise ConfigurationError(f"There is no such text message in {wanted!r}. Languages: {', '.join(known)}.")
    return found
