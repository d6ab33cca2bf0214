"""Patterns with `*` and `?`, as better-auth 1.7.25 reads them in origins, hosts and paths; needs no server part."""

from __future__ import annotations

from functools import lru_cache
from re import Pattern, escape
from re import compile as compile_pattern
from typing import Final

_SLASH: Final = r"[/\\]"
_NO_SLASH: Final = r"[^/\\]"


@lru_cache(maxsize=1024)
def wildcard(pattern: str) -> Pattern[str]:
    """Compile a glob over `/`-separated segments, as better-auth 1.7.25 reads origins, hosts and rule paths.

    `*` is any run of characters but slashes, `?` any one of them, `**` any number of whole segments; repeated and
    trailing slashes do not matter; a backslash escapes.
    """
    segments = pattern.split("/")
    last = len(segments) - 1
    expression = ""
    for position, segment in enumerate(segments):
        if not segment and position > 0:
            continue
        follower = None if position == last else segments[position + 1]
        separator = {None: f"{_SLASH}*?", "**": ""}.get(follower, f"{_SLASH}+?")
        if segment == "**":
            if separator:
                expression += ("" if position == 0 else separator) + f"(?:{_NO_SLASH}*?{separator})*?"
            continue
        expression += _segment_expression(segment) + separator
    return compile_pattern(expression)


def _segment_expression(segment: str) -> str:
    expression, characters = "", iter(segment)
    for character in characters:
        if character == "\\":
            expression += escape(next(characters, ""))
        elif character == "?":
            expression += _NO_SLASH
        elif character == "*":
            expression += f"{_NO_SLASH}*?"
        else:
            expression += escape(character)
    return expression
