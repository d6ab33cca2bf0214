"""Makes the message (RFC 5322) of a rendered mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from secrets import token_hex
from typing import Final

# A line may have 998 octets (RFC 5322, 2.1.1); a longer one is folded by an encoding that hides what it says from
# people who look into the file.
_LONGEST_LINE: Final = 900


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """What the templates made."""

    kind: str
    language: str
    subject: str
    text: str
    html: str | None


def make_message(
    mail: RenderedMail, *, sender: Address, recipient: Address, reply_to: Address | None, at: datetime
) -> EmailMessage:
    """Return the message, in two forms where the mail has HTML; no value can add a header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = recipient
    if reply_to is not None:
        message["Reply-To"] = reply_to
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{token_hex(16)}@{sender.domain}>"
    # RFC 3834: no out-of-office answers to it.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Mail-Kind"] = mail.kind
    message.set_content(mail.text, cte=_encoding(mail.text))
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html", cte=_encoding(mail.html))
    # After the content, which replaces every header of its kind.
    message["Content-Language"] = mail.language
    return message


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _encoding(text: str) -> str:
    if any(len(line.encode()) > _LONGEST_LINE for line in text.splitlines()):
        return "quoted-printable"
    return "7bit" if text.isascii() else "8bit"
