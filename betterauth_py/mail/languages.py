"""Which language a mail is written in."""

from __future__ import annotations

from collections.abc import Sequence
from re import compile as compile_pattern
from typing import Final

LANGUAGE_TAG: Final = compile_pattern(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
# As long as any browser's; what is longer is not read.
_LONGEST_HEADER: Final = 1000


def choose_language(available: Sequence[str], default: str, *, field: object, accept_language: str | None) -> str:
    """Return one of `available`: what the user's field says, else what the request accepts, else `default`.

    A range is looked up as RFC 4647, 3.4 does: `de-AT` finds `de-at`, then `de`. Of `Accept-Language` (RFC 9110,
    12.5.4) the range with the highest weight that finds anything counts, of equal ones the first.
    """
    by_tag = {tag.lower(): tag for tag in available}
    wanted = [field] if isinstance(field, str) else []
    wanted += _ranges(accept_language or "")
    for range_ in wanted:
        found = default if range_ == "*" else _look_up(range_, by_tag)
        if found is not None:
            return found
    return default


def _look_up(range_: str, by_tag: dict[str, str]) -> str | None:
    # A locale may be written `de_AT.UTF-8`.
    tag = range_.partition(".")[0].replace("_", "-").lower()
    while tag:
        if tag in by_tag:
            return by_tag[tag]
        tag = tag.rpartition("-")[0]
    return None


def _ranges(header: str) -> list[str]:
    weighted: list[tuple[float, str]] = []
    for part in header[:_LONGEST_HEADER].split(","):
        range_, _, parameter = part.strip().partition(";")
        weight = _weight(parameter)
        if range_ and weight > 0:
            weighted.append((weight, range_.strip()))
    # Sorting keeps the order of equal weights.
    return [range_ for _, range_ in sorted(weighted, key=lambda pair: -pair[0])]


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().lower() == "q" and len(value) <= 6 else 0.0
    except ValueError:
        return 0.0
