"""Patterns with `*` and `?`, as better-auth 1.7.25 reads them in origins, hosts and paths; needs no server part."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from re import compile as compile_pattern
from re import escape
from typing import Final, Protocol

_SLASHES: Final = r"[/\\]+?"
_ANY_SLASHES: Final = r"[/\\]*?"
# Any number of whole segments: nothing, or anything that ends with a slash; at the end of a pattern just anything.
_ANYTHING: Final = r"[\s\S]*?"
_SLASH: Final = r"[/\\]"
_SEGMENTS: Final = rf"(?:{_ANYTHING}{_SLASH})??"
_NO_SLASH: Final = r"[^/\\]"


def has_wildcards(text: str) -> bool:
    """Return whether the text is a pattern."""
    return "*" in text or "?" in text


class Glob(Protocol):
    """A pattern that has been read."""

    def fullmatch(self, text: str, /) -> object | None:
        """Return something if all of the text fits, else None."""


@lru_cache(maxsize=1024)
def wildcard(pattern: str) -> Glob:
    """Compile a glob over `/`-separated segments, as better-auth 1.7.25 reads origins, hosts and rule paths.

    `*` is any run of characters but slashes, `?` any one of them, `**` any number of whole segments; repeated and
    trailing slashes do not matter; a backslash escapes. However many stars there are, a match takes time in proportion
    to the text: what one star of a segment has taken is not tried again for the next, and neither are slashes.
    """
    segments = pattern.split("/")
    last = len(segments) - 1
    steps: list[_Step] = []
    for position, segment in enumerate(segments):
        if not segment and position > 0:
            continue
        follower = None if position == last else segments[position + 1]
        if segment == "**":
            if follower is None:
                steps.append((_ANYTHING, _to_the_end))
            elif follower != "**":
                steps += [(_SLASH, _over_one_slash)] if position > 0 else []
                steps.append((_SEGMENTS, _over_segments))
            continue
        steps.append(_segment(segment, is_prefix=set(segments[position + 1 :]) == {"**"}))
        if follower is None:
            steps.append((_ANY_SLASHES, _over_slashes_or_none))
        elif follower != "**":
            steps.append((_SLASHES, _over_slashes))
    is_ambiguous = segments.count("**") > 1 or any(segment and not segment.strip("*") for segment in segments[:-1])
    if is_ambiguous and "\\" not in pattern:
        return _Steps([step for _, step in steps])
    return compile_pattern("".join(expression for expression, _ in steps))


class _Text:
    """A text, and where its slashes are."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.slashes = [position for position, character in enumerate(text) if character in "/\\"]
        self.ends: list[int] = []
        """For each position, where the segment ends that it is in."""
        for slash in [*self.slashes, len(text)]:
            self.ends += [slash] * (slash + 1 - len(self.ends))


_Reach = Callable[[_Text, set[int]], set[int]]
"""Gets where one may be in the text after the steps before; returns where one may be after this one."""
_Step = tuple[str, _Reach]
"""One part of a pattern: as a regular expression, which is faster, and as a function, which tries nothing twice."""


class _Steps:
    """A pattern in which a regular expression would try every way to share out the slashes."""

    def __init__(self, steps: list[_Reach]) -> None:
        self._steps = steps

    def fullmatch(self, text: str, /) -> object | None:
        known, reached = _Text(text), {0}
        for step in self._steps:
            reached = step(known, reached)
        return self if len(text) in reached else None


def _segment(segment: str, *, is_prefix: bool) -> _Step:
    expression = _segment_expression(segment)
    compiled = compile_pattern(expression)

    def whole(known: _Text, reached: set[int]) -> set[int]:
        ends = known.ends
        return {ends[start] for start in reached if compiled.fullmatch(known.text, start, ends[start])}

    def prefix(known: _Text, reached: set[int]) -> set[int]:
        matches = (compiled.match(known.text, start, known.ends[start]) for start in reached)
        return {match.end() for match in matches if match}

    return expression, prefix if is_prefix else whole


def _over_one_slash(known: _Text, reached: set[int]) -> set[int]:
    return {slash + 1 for slash in known.slashes if slash in reached}


def _over_slashes(known: _Text, reached: set[int]) -> set[int]:
    behind: set[int] = set()
    for slash in known.slashes:
        if slash in reached or slash in behind:
            behind.add(slash + 1)
    return behind


def _over_slashes_or_none(known: _Text, reached: set[int]) -> set[int]:
    return reached | _over_slashes(known, reached)


def _over_segments(known: _Text, reached: set[int]) -> set[int]:
    first = min(reached, default=len(known.text))
    return reached | {slash + 1 for slash in known.slashes if slash >= first}


def _to_the_end(known: _Text, reached: set[int]) -> set[int]:
    return {len(known.text)} if reached else set()


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
