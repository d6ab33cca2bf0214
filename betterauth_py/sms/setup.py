"""Makes what sends text messages from the options."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from betterauth_py.delivery import LONGEST_ATTEMPT, Transport
from betterauth_py.errors import ConfigurationError
from betterauth_py.options import Options
from betterauth_py.options.sms import SmsMessage
from betterauth_py.sms.kinds import SmsKind, checked_kinds
from betterauth_py.sms.queue import SmsQueue
from betterauth_py.sms.sender import SmsSender
from betterauth_py.sms.templates import SmsTemplates
from betterauth_py.sms.transports import ConsoleTransport, FolderTransport, FunctionTransport


def make_sms_sender(options: Options, kinds: Iterable[SmsKind], client: Callable[[], Any]) -> SmsSender:
    """Return what sends messages of these kinds; every setting and template has been checked then.

    Args:
        options: the options.
        kinds: the messages.
        client: returns the httpx client for outgoing requests.

    Raises:
        ConfigurationError: if a setting or a template is wrong.
    """
    queue = SmsQueue.from_options(options.sms, lambda: make_sms_transport(options, client))
    return SmsSender(
        templates=load_sms_templates(options, kinds), queue=queue, language_field=options.mail.language_field
    )


def load_sms_templates(options: Options, kinds: Iterable[SmsKind]) -> SmsTemplates:
    """Return the templates of these kinds of message.

    Raises:
        ConfigurationError: if one is missing or wrong.
    """
    return SmsTemplates(
        checked_kinds(kinds).values(),
        directory=Path(options.sms.templates) if options.sms.templates else None,
        languages=options.mail.languages,
        default_language=options.mail.default_language,
        shared={"app_name": options.app_name},
    )


def make_sms_transport(options: Options, client: Callable[[], Any]) -> Transport[SmsMessage]:
    """Return the transport that the options choose.

    Raises:
        ConfigurationError: if they choose none, or a setting of it is wrong.
    """
    chosen = options.sms.chosen_transport
    if chosen == "webhook":
        if options.sms.webhook.timeout > LONGEST_ATTEMPT:
            raise ConfigurationError(f"Option `sms.webhook.timeout` must be at most {LONGEST_ATTEMPT:g} seconds.")
        # Loads httpx.
        from betterauth_py.sms.webhook import WebhookTransport  # noqa: PLC0415

        return WebhookTransport(options.sms.webhook, client, options.clock)
    if chosen == "console":
        return ConsoleTransport()
    if chosen == "folder":
        return FolderTransport(Path(options.sms.folder), options.clock)
    if callable(chosen):
        return FunctionTransport(chosen)
    raise ConfigurationError(
        "No text message can be sent: option `sms.transport` is not set. Set BETTER_AUTH_SMS_WEBHOOK_URL, or "
        '`sms.transport` to "console", "folder" or a function.'
    )
