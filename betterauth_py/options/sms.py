"""The text messages (SMS) that the server itself sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from betterauth_py.options.types import MaybeAwaitable, Seconds


@dataclass(frozen=True, kw_only=True)
class SmsMessage:
    """One text message."""

    id: str
    """The same at every attempt, so that a repeated one can be recognized."""
    to: str = field(repr=False)
    """The phone number, as its user wrote it."""
    text: str = field(repr=False)
    """The text."""
    kind: str
    """Which message it is, such as `phone-number-code`."""
    language: str
    """The language of the text, such as `en`."""
    variables: Mapping[str, Any] = field(repr=False)
    """What the text was made of, such as `code`, for providers that have templates of their own."""


@dataclass(frozen=True, kw_only=True)
class SmsWebhookOptions:
    """The endpoint that takes messages and sends them; see [sms](sms.md#webhook) for its requests."""

    url: str | None = field(default=None, repr=False)
    """Its URL. http is for this machine only, unless `allow_http`."""
    secret: str | None = field(default=None, repr=False)
    """The key that signs the requests, at least 24 characters (`betterauth secret` generates one); `whsec_` and Base64
    is a key in bytes."""
    timeout: float = 10.0
    """Maximum seconds of one attempt."""
    allow_http: bool = False
    """Whether `url` may be http on another machine. Whoever can read the network then reads the codes."""


@dataclass(frozen=True, kw_only=True)
class SmsOptions:
    """The text messages that the server itself sends, unless your own function does. See [sms](sms.md)."""

    transport: Literal["webhook", "console", "folder", "none"] | Callable[[SmsMessage], MaybeAwaitable[None]] | None = (
        None
    )
    """How messages are delivered: by a POST to your endpoint (`webhook`), as text on standard error (`console`), as
    `.txt` files (`folder`), by your own function, which gets an `SmsMessage`, or not at all (`none`). A function that
    raises an `SmsError` with `temporary=True`, an `OSError` or a `TimeoutError` is called again. Unset: `webhook` if
    `sms.webhook.url` is set; in development `betterauth serve` uses `folder`; otherwise no messages are sent."""
    webhook: SmsWebhookOptions = field(default_factory=SmsWebhookOptions)
    """The endpoint that takes messages."""
    folder: str = ".betterauth/texts"
    """The folder that the transport `folder` writes to."""
    templates: str | None = None
    """A directory of your own templates, `<language>/<name>.txt`; each file replaces the built-in one of the same name.
    Languages are those of `mail.languages` and `mail.default_language`."""
    concurrency: int = 4
    """Maximum number of messages being sent at the same time, per process."""
    max_waiting: int = 1000
    """Maximum number of waiting messages, including retries, per process; more are dropped and logged."""
    retry_for: Seconds = 60
    """Seconds for which a message is retried after temporary failures. A code that comes later is of no use."""

    @property
    def chosen_transport(self) -> Literal["webhook", "console", "folder"] | Callable[[SmsMessage], Any] | None:
        """The configured transport, or the webhook if its URL is set; None if no messages are sent."""
        if self.transport == "none":
            return None
        return self.transport or ("webhook" if self.webhook.url else None)
