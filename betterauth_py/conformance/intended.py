"""Differences that are meant: written out in a step, or by one word where a whole feature of ours is behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .digests import is_stand_in

if TYPE_CHECKING:
    from .scenario import Scenario

ABSENT = r"\(absent\)"
ANYTHING = r".*"


@dataclass(frozen=True)
class IntendedDifference:
    """A place where this server must not do what the reference does: two patterns, one for each side.

    A place ``set-cookie *`` stands for every Set-Cookie line. ``varies`` says that the reference never shows the same
    twice, so that only its pattern can be recorded.
    """

    place: str
    reference: str
    ours: str
    why: str
    varies: bool = False


_WHY_ENDED = "the session has ended, whatever its cached copy says"
_ENDED = (
    IntendedDifference("status", "[24]..", "401", _WHY_ENDED),
    IntendedDifference("body", ANYTHING, r'\{"message":"Unauthorized","code":"UNAUTHORIZED"\}', _WHY_ENDED),
    IntendedDifference("set-cookie *", ANYTHING, rf"better-auth\.\w+=; Max-Age=0; .*|{ABSENT}", _WHY_ENDED),
)


def intended_differences(raw: dict[str, Any], headers: list[tuple[str, str]]) -> tuple[IntendedDifference, ...]:
    """What the keys ``differs``, ``cors``, ``ended`` and ``page`` of a step say."""
    written = [IntendedDifference(**item) for item in raw.get("differs", ())]
    if "cors" in raw:
        written += _cors(raw["cors"], {name.lower(): value for name, value in headers})
    if raw.get("ended"):
        written += _ENDED
    if "page" in raw:
        written.append(_page(**raw["page"]))
    return tuple(written)


def _cors(kind: str, headers: dict[str, str]) -> list[IntendedDifference]:
    """better-auth leaves CORS to its host; this server answers it for trusted origins."""
    permission = {"access-control-allow-credentials": "true", "access-control-allow-origin": headers["origin"]}
    ours = {
        "refused": {"vary": "Origin"},
        "allowed": {
            "vary": "Origin",
            **permission,
            "access-control-expose-headers": "X-Retry-After, Set-Auth-Token, Set-Auth-Jwt",
        },
        "preflight": {
            "vary": "Origin, Access-Control-Request-Headers",
            **permission,
            "access-control-allow-headers": headers.get("access-control-request-headers", "content-type"),
            "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
            "access-control-max-age": "600",
        },
    }[kind]
    why = "CORS is ours"
    places = [IntendedDifference(f"header {name}", ABSENT, re.escape(value), why) for name, value in ours.items()]
    if kind == "preflight":
        places.append(IntendedDifference("status", "404", "204", why))
    return places


def _page(
    code: str,
    text: str | None = None,
    contains: tuple[str, ...] = (),
    our_code: str | None = None,
    our_text: str | None = None,
) -> IntendedDifference:
    """The error page is our own, but must show the same code and the same text; all of it is given as HTML."""
    both = "".join(f"(?=.*{re.escape(item)})" for item in contains)
    theirs, ours = (re.escape(shown) if shown else "[^<].*" for shown in (text, our_text or text))
    return IntendedDifference(
        place="body",
        reference=rf"{both}<!DOCTYPE html>.*\s{{16}}{re.escape(code)}\n\s+</span>.*<p\s.*>\s+{theirs}\s+</p>.*",
        ours=rf"{both}<!DOCTYPE html>.*<code>{re.escape(our_code or code)}</code>.*<p>{ours}</p>.*",
        why="the page is our own",
    )


def void_differences(scenario: Scenario, shown: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Intended differences of which nothing is left: the reference no longer shows what they say of it.

    `shown` is what the reference showed in each step, live or recorded.
    """
    for number, (step, facts) in enumerate(zip(scenario.steps, shown, strict=True), start=1):
        for item in getattr(step, "intended", ()):
            places = [place for place in facts if re.sub(r"\d+$", "*", place) == item.place] or [item.place]
            texts = [facts.get(place, "(absent)") for place in places]
            if not any(is_stand_in(text) or re.fullmatch(item.reference, text, re.DOTALL) for text in texts):
                yield f"{scenario.name}, step {number}: {step.title}\n  {item.place}: {item.why}"
