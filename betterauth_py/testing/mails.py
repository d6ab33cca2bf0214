"""The mails that a tested server has sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from re import compile as compile_pattern
from typing import Final, overload
from urllib.parse import parse_qs, urlsplit

_LINK: Final = compile_pattern(r"https?://[^\s<>\"]+")
_CODE: Final = compile_pattern(r"(?<![\w/.=-])\d{4,10}(?![\w/.=-])")


@dataclass(frozen=True)
class Mail:
    """One mail, as the server has written it."""

    message: EmailMessage = field(repr=False)
    """The message itself."""
    kind: str
    """Which of the server's mails it is, such as `reset-password`."""
    to: str
    """The address it goes to."""
    subject: str
    """The subject."""

    @property
    def text(self) -> str:
        """The text."""
        return self._part("plain") or ""

    @property
    def html(self) -> str | None:
        """The HTML, if the mail has any."""
        return self._part("html")

    @property
    def link(self) -> str:
        """The first link of the text.

        Raises:
            AssertionError: if there is none.
        """
        found = _LINK.search(self.text)
        if found is None:
            raise self._without("link")
        return found[0]

    @property
    def token(self) -> str:
        """The token in the link: of its query (`?token=`), else the end of its path.

        Raises:
            AssertionError: if there is no link.
        """
        url = urlsplit(self.link)
        query = parse_qs(url.query).get("token")
        return query[0] if query else url.path.rpartition("/")[2]

    @property
    def code(self) -> str:
        """The first code of the text: 4 to 10 digits that stand alone.

        Raises:
            AssertionError: if there is none.
        """
        found = _CODE.search(_LINK.sub("", self.text))
        if found is None:
            raise self._without("code")
        return found[0]

    def _part(self, subtype: str) -> str | None:
        body = self.message.get_body((subtype,))
        return None if body is None else str(body.get_content()).replace("\r\n", "\n")

    def _without(self, what: str) -> AssertionError:
        return AssertionError(f"The mail {self.kind} to {self.to} has no {what}. Its text:\n{self.text}")


class CapturingTransport:
    """The transport (`mail.transport`) that keeps mails instead of sending them."""

    def __init__(self, mails: list[Mail]) -> None:
        """Keep mails in `mails`."""
        self._mails = mails

    async def send(self, message: EmailMessage) -> None:
        """Take a mail from the server."""
        subject, kind = str(message["Subject"]), str(message["X-Mail-Kind"])
        to = ", ".join(address.addr_spec for address in message["To"].addresses)
        self._mails.append(Mail(message, kind, to, subject))

    def __str__(self) -> str:
        return "captured by the test"


class CapturedMails(Sequence[Mail]):
    """The mails so far, the oldest first."""

    def __init__(self) -> None:
        """Begin without mails."""
        self._mails: list[Mail] = []
        self.transport = CapturingTransport(self._mails)

    def to(self, address: str, *, kind: str | None = None) -> list[Mail]:
        """Return the mails to `address` (of one kind), the oldest first."""
        return [mail for mail in self._mails if mail.to == address and kind in {None, mail.kind}]

    def last_to(self, address: str, *, kind: str | None = None) -> Mail:
        """Return the newest mail to `address` (of one kind).

        Raises:
            AssertionError: if there is none, listing the mails there are.
        """
        found = self.to(address, kind=kind)
        if not found:
            which = "mail" if kind is None else f"mail {kind}"
            sent = "".join(f"\n  {mail.kind} to {mail.to}" for mail in self._mails) or " none"
            raise AssertionError(f"There is no {which} to {address}. Mails so far:{sent}")
        return found[-1]

    def clear(self) -> None:
        """Forget all mails."""
        self._mails.clear()

    @overload
    def __getitem__(self, index: int) -> Mail: ...
    @overload
    def __getitem__(self, index: slice) -> list[Mail]: ...
    def __getitem__(self, index: int | slice) -> Mail | list[Mail]:
        return self._mails[index]

    def __len__(self) -> int:
        return len(self._mails)

    def __repr__(self) -> str:
        return f"CapturedMails({self._mails})"

    def __iter__(self) -> Iterator[Mail]:
        return iter(self._mails)
