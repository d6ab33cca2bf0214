"""Cookie values too large for one cookie, split into `name.0`, `name.1`, ..."""

from __future__ import annotations

from collections.abc import Mapping


def join_chunks(name: str, cookies: Mapping[str, str]) -> str | None:
    """Return the joined value of the chunks of the cookie `name`, or None if there is no chunk."""
    chunks = {index: value for cookie, value in cookies.items() if (index := chunk_index(name, cookie)) is not None}
    return "".join(chunks[index] for index in sorted(chunks)) if chunks else None


def chunk_index(name: str, chunk: str) -> int | None:
    """Return the index of a chunk of the cookie `name`, or None if it is no chunk."""
    if not chunk.startswith(f"{name}."):
        return None
    suffix = chunk[len(name) + 1 :]
    # More digits than this are beyond what JavaScript counts safely, and cost time to read.
    if not suffix.isascii() or not suffix.isdecimal() or len(suffix) > 16 or str(int(suffix)) != suffix:
        return None
    index = int(suffix)
    return index if index < 2**53 else None
