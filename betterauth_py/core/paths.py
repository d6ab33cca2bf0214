"""Paths of requests before routing, for rate limits and the log."""

from __future__ import annotations

from typing import Final, NamedTuple

# No endpoint has more segments; a client can write thousands.
MOST_SEGMENTS: Final = 32


class Bucket(NamedTuple):
    """The key under which requests to a path are counted, and its name in the log."""

    key: str
    name: str
