"""Sends text messages a few at once, again if need be, and not for ever."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import ClassVar, Final

from betterauth_py.delivery import DeliveryQueue, Label
from betterauth_py.mail.addresses import without_private_parts
from betterauth_py.options.sms import SmsMessage

_DIGITS: Final = compile_pattern(r"\d[\d ()./-]{2,}\d")


class SmsQueue(DeliveryQueue[SmsMessage]):
    """What stands between a text message and its transport."""

    noun: ClassVar = "sms"

    def label(self, message: SmsMessage) -> Label:
        """Return its kind, its id and the end of the number."""
        return Label(message.kind, message.id, mask_number(message.to))

    def without_private_parts(self, text: str) -> str:
        """Return an error's text without links, addresses, numbers and codes."""
        return _DIGITS.sub("<digits>", without_private_parts(text))


def mask_number(number: str) -> str:
    """Return what a log may show of a phone number: its last two digits."""
    digits = "".join(letter for letter in number if letter.isascii() and letter.isdigit())
    return f"***{digits[-2:]}" if len(digits) > 4 else "***"
