"""Sends over SMTP, one connection per mail."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Final

import aiosmtplib

from betterauth_py.errors import MailError
from betterauth_py.mail.addresses import without_private_parts
from betterauth_py.mail.smtp_server import SmtpServer

_START_TLS: Final[dict[str, bool | None]] = {"starttls": True, "opportunistic": None, "tls": False, "none": False}
# The mail is delivered by then; there is no need to wait for the server to say goodbye.
_GOODBYE_SECONDS: Final = 2.0


class SmtpTransport:
    """Hands mails to an SMTP server (RFC 5321), over TLS (RFC 3207, RFC 8314) unless told otherwise."""

    def __init__(self, server: SmtpServer) -> None:
        """Send to `server`."""
        self._server = server

    def __str__(self) -> str:
        """Name the server."""
        return f"SMTP, {self._server.name}"

    async def send(self, message: EmailMessage) -> None:
        """Deliver `message`.

        Raises:
            MailError: if the server does not take it; temporary if it may take it later.
        """
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=server.local_hostname,
            timeout=server.timeout,
            use_tls=server.security == "tls",
            start_tls=_START_TLS[server.security],
            tls_context=server.context,
        )
        try:
            async with asyncio.timeout(server.timeout):
                await client.connect()
                if server.username is not None and server.password is not None:
                    await client.login(server.username, server.password)
                await client.send_message(message)
        except Exception as error:
            await _hang_up(client, client.transport)
            raise self._explain(error) from error
        except asyncio.CancelledError:
            await _hang_up(client, client.transport)
            raise
        transport = client.transport
        with suppress(Exception):
            await client.quit(timeout=_GOODBYE_SECONDS)
        await _hang_up(client, transport)

    def _explain(self, error: Exception) -> MailError:
        """Return what is wrong and what can be done about it; 4yz replies are temporary (RFC 5321, 4.2.1)."""
        name = self._server.name
        certificate = _cause(error, ssl.SSLCertVerificationError)
        if isinstance(certificate, ssl.SSLCertVerificationError):
            return MailError(
                f"{name} shows a certificate that cannot be trusted: {certificate.verify_message}. "
                "If an authority of your own has issued it, name its PEM file in mail.smtp.ca_file; if it is issued "
                "for another name, write that one in mail.smtp.host."
            )
        if _cause(error, ssl.SSLError) is not None:
            return MailError(
                f"{name} does not speak TLS as mail.smtp.security says: "
                '"tls" speaks it from the start (usually port 465), "starttls" after a greeting (587).'
            )
        if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
            error = error.recipients[0]
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._explain_reply(error)
        if isinstance(error, TimeoutError):
            return MailError(
                f"{name} did not answer within {self._server.timeout:g} seconds. Are host and port right, and does no "
                "firewall stand between? A server that expects TLS from the start stays silent otherwise.",
                temporary=True,
            )
        if isinstance(error, OSError):
            reason = without_private_parts(str(error.__cause__ or error))
            return MailError(
                f"{name} cannot be reached: {reason}. Are mail.smtp.host and mail.smtp.port right?", temporary=True
            )
        return self._explain_missing(error)

    def _explain_reply(self, error: aiosmtplib.SMTPResponseException) -> MailError:
        said = f"{error.code} {without_private_parts(error.message)}".strip()
        temporary = 400 <= error.code < 500
        if isinstance(error, aiosmtplib.SMTPAuthenticationError):
            hint = "" if temporary else " Check mail.smtp.username and mail.smtp.password."
            return MailError(f"{self._server.name} refused the login: {said}.{hint}", temporary=temporary)
        what = "the mail"
        hint = ""
        if isinstance(error, aiosmtplib.SMTPRecipientRefused):
            what = "the recipient"
        elif isinstance(error, aiosmtplib.SMTPSenderRefused):
            what, hint = "the sender", " Check mail.sender, and whether the server asks for a login."
        return MailError(f"{self._server.name} refused {what}: {said}.{hint}", temporary=temporary)

    def _explain_missing(self, error: Exception) -> MailError:
        text = str(error)
        if isinstance(error, aiosmtplib.SMTPNotSupported):
            return MailError(f"{self._server.name} does not take addresses beyond ASCII (no SMTPUTF8).")
        if "AUTH" in text or "authentication" in text:
            return MailError(f"{self._server.name} offers no login. Remove mail.smtp.username, or use its port 587.")
        if "STARTTLS" in text:
            return MailError(
                f"{self._server.name} does not offer STARTTLS, which mail.smtp.security demands. "
                'Try "tls" with port 465; "none" only for a server on this machine.'
            )
        return MailError(
            f"{self._server.name} did not take the mail: {without_private_parts(text) or type(error).__name__}."
        )


async def _hang_up(client: aiosmtplib.SMTP, transport: asyncio.BaseTransport | None) -> None:
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        # TLS would wait for the other side's farewell.
        transport.abort()
    # The event loop closes the socket at its next turn; let it have one.
    await asyncio.sleep(0)


def _cause(error: BaseException | None, kind: type[ssl.SSLError]) -> ssl.SSLError | None:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error
