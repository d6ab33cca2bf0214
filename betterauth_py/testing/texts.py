"""The text messages that a tested server has sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

from betterauth_py.options import SmsMessage


class CapturedTexts(Sequence[SmsMessage]):
    """The text messages so far, the oldest first."""

    def __init__(self) -> None:
        """Begin without messages."""
        self._texts: list[SmsMessage] = []

    def capture(self, message: SmsMessage) -> None:
        """Keep a message instead of sending it: `sms.transport`."""
        self._texts.append(message)

    def last_to(self, number: str) -> SmsMessage:
        """Return the newest message to a phone number.

        Raises:
            AssertionError: if there is none, listing the messages there are.
        """
        found = [text for text in self._texts if text.to == number]
        if not found:
            sent = "".join(f"\n  {text.kind} to {text.to}" for text in self._texts) or " none"
            raise AssertionError(f"There is no text message to {number}. Messages so far:{sent}")
        return found[-1]

    def clear(self) -> None:
        """Forget all messages."""
        self._texts.clear()

    @overload
    def __getitem__(self, index: int) -> SmsMessage: ...
    @overload
    def __getitem__(self, index: slice) -> list[SmsMessage]: ...
    def __getitem__(self, index: int | slice) -> SmsMessage | list[SmsMessage]:
        return self._texts[index]

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        return f"CapturedTexts({self._texts})"

    def __iter__(self) -> Iterator[SmsMessage]:
        return iter(self._texts)
