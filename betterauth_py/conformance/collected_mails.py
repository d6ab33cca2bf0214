"""Where the functions of a profile leave what they were given: a list, or a file that the tool reads."""

from __future__ import annotations

from typing import Any, Protocol

Mail = dict[str, Any]


class MailCollector(Protocol):
    """Takes mails as a list does."""

    def append(self, mail: Mail, /) -> None:
        """Take one mail."""
