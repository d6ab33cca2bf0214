"""Sends mails one after the other, a few at once, again if need be, and not for ever."""

from __future__ import annotations

from email.message import EmailMessage
from typing import ClassVar

from betterauth_py.delivery import DeliveryQueue, Label
from betterauth_py.mail.addresses import mask, without_private_parts


class Outbox(DeliveryQueue[EmailMessage]):
    """What stands between a mail and its transport."""

    noun: ClassVar = "mail"

    def label(self, message: EmailMessage) -> Label:
        """Return its kind, its id and part of the address."""
        return Label(str(message["X-Mail-Kind"]), str(message["Message-ID"]), mask(str(message["To"])))

    def without_private_parts(self, text: str) -> str:
        """Return an error's text without links, addresses masked."""
        return without_private_parts(text)
