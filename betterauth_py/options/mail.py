"""The mails that the server itself sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal, Protocol

from betterauth_py.options.types import Seconds

SmtpSecurity = Literal["starttls", "tls", "opportunistic", "none"]


class MailTransport(Protocol):
    """The interface that delivers mails."""

    async def send(self, message: EmailMessage) -> None:
        """Deliver `message` without blocking the event loop.

        Raises:
            MailError: if it cannot be delivered. A `temporary` one, an `OSError` or a `TimeoutError` is retried, any
            other
                exception is final.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class SmtpOptions:
    """The SMTP server that takes the mails."""

    url: str | None = field(default=None, repr=False)
    """All of the settings below in one: `smtp://user:password@smtp.example.com:587`, `smtps://...` for TLS from the
    start, `?security=none` for another `security`. User and password are percent-encoded. Environment:
    `BETTER_AUTH_SMTP_URL`."""
    host: str | None = None
    """The server's name."""
    port: int | None = None
    """Its port. Unset: 587, with `tls` 465, with `opportunistic` or `none` 25."""
    security: SmtpSecurity | None = None
    """`starttls` requires an upgrade to TLS, `tls` uses TLS from the start, `opportunistic` upgrades if the server
    offers it, `none` never does. Unset: `starttls`."""
    username: str | None = None
    """The user name of the login. Unset: no login."""
    password: str | None = field(default=None, repr=False)
    """The password of the login. Environment: `BETTER_AUTH_SMTP_PASSWORD`."""
    ca_file: str | None = None
    """A PEM file of the certificate authorities to trust. Unset: the system's."""
    verify_certificate: bool = True
    """Whether the server's certificate and name are checked. Dangerous to turn off."""
    local_hostname: str | None = None
    """The host name sent with EHLO. Unset: this machine's name."""
    timeout: float = 20.0
    """Maximum seconds of one attempt, from connecting to the server's last reply."""


@dataclass(frozen=True, kw_only=True)
class MailOptions:
    """The mails that the server itself sends, unless your own function does. See [mail](mail.md)."""

    transport: Literal["smtp", "console", "folder", "none"] | MailTransport | None = None
    """How mails are delivered: over SMTP (`smtp`), as text on standard error (`console`), as `.eml` files (`folder`),
    by your own object with `async def send(message)`, or not at all (`none`). Unset: `smtp` if a server is set; in
    development `betterauth serve` uses `folder`; otherwise no mails are sent. Environment:
    `BETTER_AUTH_MAIL_TRANSPORT`."""
    sender: str | None = None
    """The sender: `no-reply@example.com` or `Example <no-reply@example.com>`. Required for SMTP. Environment:
    `BETTER_AUTH_MAIL_SENDER`."""
    reply_to: str | None = None
    """The address for replies."""
    smtp: SmtpOptions = field(default_factory=SmtpOptions)
    """The SMTP server."""
    folder: str = ".betterauth/mails"
    """The folder that the transport `folder` writes to."""
    templates: str | None = None
    """A directory of your own templates; each file replaces the built-in one of the same name."""
    languages: list[str] = field(default_factory=list)
    """The languages of mails. Empty: `en` and `de`; with `templates`, the default language and those with a folder
    there."""
    default_language: str = "en"
    """The language if neither the user nor the request names one."""
    language_field: str = "locale"
    """The user's field with a language, if there is such a field; it takes precedence over `Accept-Language`."""
    send: dict[str, bool] = field(default_factory=dict)
    """Turns mails off by name: `{"delete_account": false}`. The server then behaves as better-auth does without that
    function. Each mail has a variable too: `BETTER_AUTH_MAIL_SEND_DELETE_ACCOUNT`. The [list](mail.md#which-mails) has
    their names."""
    concurrency: int = 4
    """Maximum number of mails being sent at the same time, per process."""
    max_waiting: int = 1000
    """Maximum number of waiting mails, including retries, per process; more are dropped and logged."""
    retry_for: Seconds = 300
    """Seconds for which a mail is retried after temporary failures."""

    @property
    def chosen_transport(self) -> Literal["smtp", "console", "folder"] | MailTransport | None:
        """The configured transport, or SMTP if a server is set; None if no mails are sent."""
        if self.transport == "none":
            return None
        return self.transport or ("smtp" if self.smtp.url or self.smtp.host else None)
