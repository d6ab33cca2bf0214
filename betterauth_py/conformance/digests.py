"""What stands in a recording for the reference's own text.

Pages of HTML are recorded by their size and digest, because they are long and not ours to hand on; what the reference
never shows twice is recorded as a pattern.
"""

from __future__ import annotations

import hashlib
import re

_DIGEST = re.compile(r"<page of \d+ characters, sha256 [0-9a-f]{64}>")


def recorded_text(text: str) -> str:
    """The text itself, or the digest of a page."""
    if not text.lower().startswith("<!doctype html"):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    return f"<page of {len(text)} characters, sha256 {digest}>"


def varying(pattern: str) -> str:
    """What stands for a text that is another one each time."""
    return f"<varies: {pattern}>"


def is_stand_in(text: str) -> bool:
    """Whether another text stands behind this one."""
    return text.startswith("<varies: ") or is_digest(text)


def is_digest(text: str) -> bool:
    """Whether a page stands behind this text."""
    return bool(_DIGEST.fullmatch(text))


def same_page(recorded: str, shown: str) -> bool:
    """Whether `shown` is the page whose digest was recorded."""
    return is_digest(recorded) and recorded_text(shown) == recorded
