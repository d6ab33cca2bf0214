"""The text messages of an auth: those of its plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from betterauth_py.core.plugin import Plugin
from betterauth_py.options import Options
from betterauth_py.sms.kinds import SmsKind, checked_kinds

if TYPE_CHECKING:
    from betterauth_py.sms.sender import SmsSender


def texts_of(plugins: Iterable[Plugin]) -> tuple[SmsKind, ...]:
    """Return every text message that an auth with these plugins knows."""
    return tuple(kind for plugin in plugins for kind in plugin.sms)


def sms_sender_of(options: Options, plugins: Iterable[Plugin], client: Callable[[], Any]) -> SmsSender | None:
    """Return what sends the text messages of an auth; None if no plugin has any, or no transport is set.

    Raises:
        ConfigurationError: if an option or a template of text messages is wrong.
    """
    kinds = texts_of(plugins)
    if not kinds or options.sms.chosen_transport is None:
        checked_kinds(kinds)
        return None
    # Templates load only where messages are sent.
    from betterauth_py.sms.setup import make_sms_sender  # noqa: PLC0415

    return make_sms_sender(options, kinds, client)
