"""What is known of the paths of requests before they are routed."""

from __future__ import annotations

from typing import Final, NamedTuple

# No endpoint has more; each is a text of its own, and a client can write thousands.
MOST_SEGMENTS: Final = 32


class Bucket(NamedTuple):
    """What requests to a path are counted under, and what a log calls it."""

    key: str
    name: str
