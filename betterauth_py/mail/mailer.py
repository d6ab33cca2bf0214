"""Writes and sends the mails of one auth."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, Final

from betterauth_py.clock import Clock, now
from betterauth_py.errors import MailError
from betterauth_py.mail.addresses import mask, read_recipient
from betterauth_py.mail.kinds import MailKind
from betterauth_py.mail.languages import choose_language
from betterauth_py.mail.message import make_message
from betterauth_py.mail.names import harmless_name
from betterauth_py.mail.outbox import Outbox
from betterauth_py.mail.templates import MailTemplates
from betterauth_py.options import Options
from betterauth_py.options.at_path import option_at, with_option
from betterauth_py.security_events import SecurityEvent

logger = logging.getLogger("betterauth.mail")
Sender = Callable[[dict[str, Any], Any], Coroutine[Any, Any, None]]

# A client chooses where links lead back to; more than this is never needed, and mails are no place to store things.
_LONGEST_URL: Final = 8_000


@dataclass(frozen=True, kw_only=True)
class Mailer:
    """Everything that sends the mails of one auth."""

    options: Options = field(repr=False)
    kinds: Mapping[str, MailKind]
    """The mails that it sends, by name: those that `mail.send` does not turn off."""
    templates: MailTemplates
    outbox: Outbox
    sender: Address
    reply_to: Address | None
    language_field: str
    clock: Clock

    async def write(self, kind: MailKind, to: str, language: str, variables: Mapping[str, Any]) -> EmailMessage:
        """Return a mail, rendered off the event loop: the mail to an existing user delays no request.

        Raises:
            MailError: if no mail can go to this address, or the template does not get along with these variables.
        """
        recipient = read_recipient(to)
        try:
            mail = await asyncio.to_thread(self.templates.render, kind, language, variables)
        except Exception as error:
            # What it says may hold what the template was given.
            raise MailError(f"the template failed with {type(error).__name__}") from None
        return make_message(mail, sender=self.sender, recipient=recipient, reply_to=self.reply_to, at=now(self.clock))

    def sender_of(self, kind: MailKind) -> Sender | None:
        """Return a function of the form that the options take; None if mails of this kind are off."""
        if self.kinds.get(kind.name) is not kind:
            return None
        more = {} if kind.from_options is None else kind.from_options(self.options)

        async def write(data: dict[str, Any], request: Any) -> EmailMessage | None:
            user = data["user"]
            variables = {**more, **data, "name": harmless_name(user.get("name"))}
            try:
                if len(data.get("url", "")) > _LONGEST_URL:
                    raise MailError("its link is too long")
                return await self.write(kind, user["email"], self._language(user, request), variables)
            except MailError as error:
                logger.error("Mail %s to %s: given up: %s", kind.name, mask(user["email"]), error)
                return None

        async def send(data: dict[str, Any], request: Any) -> None:
            message = await write(data, request)
            if message is not None:
                await self.outbox.deliver(message)

        # What is done for unknown addresses, so that the work does not reveal who has an account.
        send.rehearse = write  # type: ignore[attr-defined]
        return send

    def sender_about(self, event: SecurityEvent) -> Sender | None:
        """Return what tells users of a security event; None if no mail does."""
        kind = next((kind for kind in self.kinds.values() if event in kind.events), None)
        return None if kind is None else self.sender_of(kind)

    def with_senders(self) -> Options:
        """Return the options with its senders where a function can take the place of a mail and none is given."""
        options = self.options
        for kind in self.kinds.values():
            if kind.replaced_by is not None and option_at(options, kind.replaced_by) is None:
                options = with_option(options, kind.replaced_by, self.sender_of(kind))
        return options

    def _language(self, user: Mapping[str, Any], request: Any) -> str:
        return choose_language(
            self.templates.languages,
            self.templates.default_language,
            field=user.get(self.language_field),
            accept_language=request.headers.value("accept-language") if request is not None else None,
        )
