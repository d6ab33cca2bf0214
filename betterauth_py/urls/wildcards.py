"""Patterns with `*` and `?`, as better-auth 1.7.25 reads them in origins, hosts and paths; needs no server part."""

from __future__ import annotations

from functools import lru_cache
from re import Pattern, escape
from re import compile as compile_pattern
from typing import Final

_SLASHES: Final = r"[/\\]+?"
_ANY_SLASHES: Final = r"[/\\]*?"
# Any number of whole segments: nothing, or anything that ends with a slash; at the end of a pattern just anything.
_ANYTHING: Final = r"[\s\S]*?"
_SEGMENTS: Final = rf"(?:{_ANYTHING}[/\\])??"
_NO_SLASH: Final = r"[^/\\]"


def has_wildcards(text: str) -> bool:
    """Return whether the text is a pattern."""
    return "*" in text or "?" in text


@lru_cache(maxsize=1024)
def wildcard(pattern: str) -> Pattern[str]:
    """Compile a glob over `/`-separated segments, as better-auth 1.7.25 reads origins, hosts and rule paths.

    `*` is any run of characters but slashes, `?` any one of them, `**` any number of whole segments; repeated and
    trailing slashes do not matter; a backslash escapes. However many stars a segment has, a match takes time in
    proportion to the text: what one star has taken is not tried again for the next.
    """
    segments = pattern.split("/")
    last = len(segments) - 1
    expression = ""
    for position, segment in enumerate(segments):
        if not segment and position > 0:
            continue
        follower = None if position == last else segments[position + 1]
        separator = {None: _ANY_SLASHES, "**": ""}.get(follower, _SLASHES)
        if segment == "**":
            if separator == _ANY_SLASHES:
                expression += _ANYTHING
            elif separator:
                expression += _SEGMENTS if position == 0 else rf"[/\\]{_SEGMENTS}"
            continue
        expression += _segment_expression(segment) + separator
    return compile_pattern(expression)


def _segment_expression(segment: str) -> str:
    first, *rest = _literals(segment)
    if not rest:
        return first
    *middle, last = rest
    # Between two stars the leftmost place is as good as any other: it is kept (an atomic group).
    found = "".join(f"(?>{_NO_SLASH}*?{literal})" for literal in middle if literal)
    return f"{first}{found}{_NO_SLASH}*?{last}" if last else f"{first}{found}{_NO_SLASH}*+"


def _literals(segment: str) -> list[str]:
    """Return the expressions of what is between the stars."""
    literals, characters = [""], iter(segment)
    for character in characters:
        if character == "\\":
            literals[-1] += escape(next(characters, ""))
        elif character == "?":
            literals[-1] += _NO_SLASH
        elif character == "*":
            literals.append("")
        else:
            literals[-1] += escape(character)
    return literals
