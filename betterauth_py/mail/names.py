"""Names that people choose, as far as mails may repeat them."""

from __future__ import annotations

from re import compile as compile_pattern
from typing import Final

_LONGEST_NAME: Final = 60
_LOOKS_LIKE_A_LINK: Final = compile_pattern(r"://|www\.|@|[\w-][.\u3002\uff0e\uff61]\w{2}|[/\\<>\[\]{}]")


def harmless_name(name: object) -> str:
    """Return a name that a user chose if it is safe in a mail, else an empty text.

    Anyone can sign up with an address that is not theirs and a name that is an advertisement with a link: the mail
    would carry it to a stranger, from us.
    """
    text = " ".join(str(name or "").split())
    if len(text) > _LONGEST_NAME or not text.isprintable() or _LOOKS_LIKE_A_LINK.search(text):
        return ""
    return text
