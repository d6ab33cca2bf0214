"""The functions that take the place of those that a deployment has not set."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from email.headerregistry import Address
from email.message import EmailMessage
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.clock import Clock, now
from betterauth_py.errors import MailError
from betterauth_py.mail.addresses import mask, read_recipient
from betterauth_py.mail.kinds import (
    CHANGE_EMAIL,
    DELETE_ACCOUNT,
    EMAIL_CHANGED,
    EXISTING_ACCOUNT,
    PASSWORD_CHANGED,
    RESET_PASSWORD,
    SIGN_IN_METHOD_ADDED,
    VERIFY_EMAIL,
    MailKind,
)
from betterauth_py.mail.languages import choose_language
from betterauth_py.mail.message import make_message
from betterauth_py.mail.outbox import Outbox
from betterauth_py.mail.templates import MailTemplates
from betterauth_py.options import Options
from betterauth_py.options.mail import SentMailsOptions
from betterauth_py.security_events import SecurityEvent

logger = logging.getLogger("betterauth.mail")
Sender = Callable[[dict[str, Any], Any], Coroutine[Any, Any, None]]

# A client chooses where links lead back to; nobody needs more than this, and mails are no place to store things.
_LONGEST_URL: Final = 8_000
_LONGEST_NAME: Final = 60
_LOOKS_LIKE_A_LINK: Final = compile_pattern(r"://|www\.|@|[\w-][.\u3002\uff0e\uff61]\w{2}|[/\\<>\[\]{}]")


@dataclass(frozen=True, kw_only=True)
class MailRoom:
    """Everything that sends the mails of one auth."""

    templates: MailTemplates
    outbox: Outbox
    sender: Address
    reply_to: Address | None
    language_field: str
    clock: Clock

    async def write(self, kind: MailKind, to: str, language: str, variables: Mapping[str, Any]) -> EmailMessage:
        """Return a mail, rendered off the event loop: the mail of somebody who exists delays nobody.

        Raises:
            MailError: if no mail can go to this address, or the template does not get along with these variables.
        """
        recipient = read_recipient(to)
        try:
            mail = await asyncio.to_thread(self.templates.render, kind.name, language, variables)
        except Exception as error:
            # What it says may hold what the template was given.
            raise MailError(f"the template failed with {type(error).__name__}") from None
        return make_message(mail, sender=self.sender, recipient=recipient, reply_to=self.reply_to, at=now(self.clock))

    def sender_of(self, kind: MailKind, **more: Any) -> Sender:
        """Return a function of the form that the options take; `more` are variables besides what it is called with."""

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

        # What is done for nobody, so that the work does not tell who has an account.
        send.rehearse = write  # type: ignore[attr-defined]
        return send

    def security_senders(self, send: SentMailsOptions) -> dict[SecurityEvent, Sender]:
        """Return what tells users of security events, as far as `send` wants it."""
        senders: dict[SecurityEvent, Sender] = {}
        if send.password_changed:
            changed = self.sender_of(PASSWORD_CHANGED)
            senders |= {SecurityEvent.PASSWORD_CHANGED: changed, SecurityEvent.PASSWORD_RESET: changed}
        if send.email_changed:
            senders[SecurityEvent.EMAIL_CHANGED] = self.sender_of(EMAIL_CHANGED)
        if send.sign_in_method_added:
            senders[SecurityEvent.PASSWORD_SET] = self.sender_of(SIGN_IN_METHOD_ADDED, method="password")
        return senders

    def _language(self, user: Mapping[str, Any], request: Any) -> str:
        return choose_language(
            self.templates.languages,
            self.templates.default_language,
            field=user.get(self.language_field),
            accept_language=request.headers.value("accept-language") if request is not None else None,
        )


def harmless_name(name: object) -> str:
    """Return a user's name if it may stand in a mail, else nothing.

    Anybody can sign up with an address that is not theirs and a name that is an advertisement with a link: the mail
    would carry it to a stranger, from us.
    """
    text = " ".join(str(name or "").split())
    if len(text) > _LONGEST_NAME or not text.isprintable() or _LOOKS_LIKE_A_LINK.search(text):
        return ""
    return text


def with_mail_senders(options: Options, room: MailRoom) -> Options:
    """Return `options` with the room's senders where a function is wanted and none is given."""
    wanted, passwords, verification = options.mail.send, options.email_and_password, options.email_verification
    change, deletion = options.user.change_email, options.user.delete_user
    if wanted.reset_password and passwords.send_reset_password is None:
        life = passwords.reset_password_token_expires_in or 3600
        passwords = replace(passwords, send_reset_password=room.sender_of(RESET_PASSWORD, expires_in=life))
    if wanted.existing_account and passwords.on_existing_user_sign_up is None:
        passwords = replace(passwords, on_existing_user_sign_up=room.sender_of(EXISTING_ACCOUNT))
    link_life = verification.expires_in or 3600
    if wanted.verify_email and verification.send_verification_email is None:
        send = room.sender_of(VERIFY_EMAIL, expires_in=link_life)
        verification = replace(verification, send_verification_email=send)
    if wanted.change_email and change.send_change_email_confirmation is None:
        send = room.sender_of(CHANGE_EMAIL, expires_in=link_life)
        change = replace(change, send_change_email_confirmation=send)
    if wanted.delete_account and deletion.send_delete_account_verification is None:
        life = deletion.delete_token_expires_in or 86_400
        send = room.sender_of(DELETE_ACCOUNT, expires_in=life)
        deletion = replace(deletion, send_delete_account_verification=send)
    user = replace(options.user, change_email=change, delete_user=deletion)
    return replace(options, email_and_password=passwords, email_verification=verification, user=user)
