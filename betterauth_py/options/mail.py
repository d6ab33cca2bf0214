"""The mails that the server sends by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal, Protocol

from betterauth_py.options.types import Seconds

SmtpSecurity = Literal["starttls", "tls", "opportunistic", "none"]


class MailTransport(Protocol):
    """The port behind which mails leave."""

    async def send(self, message: EmailMessage) -> None:
        """Deliver `message` without blocking the event loop.

        Raises:
            MailError: if it cannot be delivered; one that is `temporary`, an `OSError` or a `TimeoutError` is tried
                again, anything else is final.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class SmtpOptions:
    """The SMTP server that takes the mails."""

    url: str | None = field(default=None, repr=False)
    """Everything in one: `smtp://user:password@smtp.example.com:587`, `smtps://...` for TLS from the start,
    `?security=none` to say otherwise. User and password are percent-encoded. Environment: `BETTER_AUTH_SMTP_URL`."""
    host: str | None = None
    """The server's name."""
    port: int | None = None
    """Its port. Unset: 587, with `tls` 465, with `opportunistic` or `none` 25."""
    security: SmtpSecurity | None = None
    """`starttls` demands an upgrade to TLS, `tls` speaks it from the start, `opportunistic` upgrades if the server
    offers it, `none` never. Unset: `starttls`."""
    username: str | None = None
    """Whom to log in as. Unset: no login."""
    password: str | None = field(default=None, repr=False)
    """The password of the login. Environment: `BETTER_AUTH_SMTP_PASSWORD`."""
    ca_file: str | None = None
    """A PEM file of the authorities that may vouch for the server. Unset: the system's."""
    verify_certificate: bool = True
    """Whether the server's certificate and name are checked. Dangerous to turn off."""
    local_hostname: str | None = None
    """How this machine introduces itself (EHLO). Unset: by its own name."""
    timeout: float = 20.0
    """Seconds that one attempt may take, from connecting to the server's last word."""


@dataclass(frozen=True, kw_only=True)
class MailOptions:
    """The mails that the server sends by itself, where no function of yours does. See [mail](mail.md)."""

    transport: Literal["smtp", "console", "folder", "none"] | MailTransport | None = None
    """How mails leave: over SMTP, as text on standard error, as `.eml` files in a folder, by an object of your own
    with `async def send(message)`, or not at all (`none`). Unset: `smtp` if there is a server; in development
    `betterauth serve` takes `folder`; else no mails are sent. Environment: `BETTER_AUTH_MAIL_TRANSPORT`."""
    sender: str | None = None
    """Whom mails are from: `no-reply@example.com` or `Example <no-reply@example.com>`. Needed for SMTP. Environment:
    `BETTER_AUTH_MAIL_SENDER`."""
    reply_to: str | None = None
    """Where answers go."""
    smtp: SmtpOptions = field(default_factory=SmtpOptions)
    """The SMTP server."""
    folder: str = ".betterauth/mails"
    """Where `folder` writes."""
    templates: str | None = None
    """A directory of your own templates, which take the place of the built-in ones file by file."""
    languages: list[str] = field(default_factory=list)
    """Languages that mails are written in. Empty: `en` and `de`; with `templates`, the default one and those that
    have a folder there."""
    default_language: str = "en"
    """The language where nothing says otherwise."""
    language_field: str = "locale"
    """The user's field that holds a language, if there is such a field; it goes before the request's
    `Accept-Language`."""
    send: dict[str, bool] = field(default_factory=dict)
    """Mails that are not sent, by name: `{"delete_account": false}`. For one that is off, the server behaves as
    better-auth does without the function. Each mail has a variable too: `BETTER_AUTH_MAIL_SEND_DELETE_ACCOUNT`. The
    [list](mail.md#which-mails) has their names."""
    concurrency: int = 4
    """How many mails are under way at once, per process."""
    max_waiting: int = 1000
    """How many mails may wait for their turn or their next attempt, per process; more are dropped and logged."""
    retry_for: Seconds = 300
    """Seconds for which a mail is tried again after temporary failures."""

    @property
    def chosen_transport(self) -> Literal["smtp", "console", "folder"] | MailTransport | None:
        """The transport that is set, or SMTP if a server is; None where no mails are sent."""
        if self.transport == "none":
            return None
        return self.transport or ("smtp" if self.smtp.url or self.smtp.host else None)
