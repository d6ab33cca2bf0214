"""Writes and sends the text messages of one auth."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from betterauth_py.mail.languages import choose_language
from betterauth_py.options.sms import SmsMessage
from betterauth_py.sms.kinds import SmsKind
from betterauth_py.sms.queue import SmsQueue, mask_number
from betterauth_py.sms.templates import SmsTemplates

logger = logging.getLogger("betterauth.sms")


@dataclass(frozen=True, kw_only=True)
class SmsSender:
    """Everything that sends the text messages of one auth. Use `flows.sms.send_sms`, which applies the limits."""

    templates: SmsTemplates
    queue: SmsQueue
    language_field: str

    async def write(
        self, kind: SmsKind, to: str, variables: Mapping[str, Any], *, user: Mapping[str, Any] | None, request: Any
    ) -> SmsMessage:
        """Return a message in the language of the user or of the request, rendered off the event loop.

        Raises:
            jinja2.TemplateError: if the template does not get along with these variables.
        """
        language = choose_language(
            self.templates.languages_of(kind),
            self.templates.default_language,
            field=(user or {}).get(self.language_field),
            accept_language=request.headers.value("accept-language") if request is not None else None,
        )
        text = await asyncio.to_thread(self.templates.render, kind, language, variables)
        return SmsMessage(
            id=f"sms_{token_hex(16)}", to=to, text=text, kind=kind.name, language=language, variables=variables
        )

    async def send(
        self, kind: SmsKind, to: str, variables: Mapping[str, Any], *, user: Mapping[str, Any] | None, request: Any
    ) -> None:
        """Write and deliver a message; failures are logged, without number or text, never raised."""
        try:
            message = await self.write(kind, to, variables, user=user, request=request)
        except Exception as error:
            # What it says may hold what the template was given.
            logger.error(
                "Sms %s to %s: given up: the template failed with %s", kind.name, mask_number(to), type(error).__name__
            )
            return
        await self.queue.deliver(message)
