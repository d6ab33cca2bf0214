"""What better-auth 1.7.25 believed, as `reference_vectors.mjs` printed it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from betterauth_py.clock import SystemClock
from betterauth_py.javascript.dates import to_wire
from betterauth_py.verify import SessionVerifier, VerifiedSession

SCRIPT = Path(__file__).with_name("reference_vectors.mjs")
ANSWERS = Path(__file__).with_name("reference_vectors.json")


@cache
def vectors() -> dict[str, Any]:
    """Return all verdicts by the way they are about."""
    loaded: dict[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return loaded


def cases(group: str) -> list[Any]:
    """Return the parameters of every case of a group: the profile, the case, and the profile's usual verdict."""
    return [
        pytest.param(
            profile,
            case,
            profile["cases"][0]["verdict"],
            id=f"{profile.get('about', profile.get('alg', ''))}-{case['about']}".encode("ascii", "replace").decode(),
        )
        for profile in vectors()[group]
        for case in profile["cases"]
    ]


@contextmanager
def at(milliseconds: int) -> Iterator[None]:
    """Let the verifier think that it is this moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SystemClock, "milliseconds", lambda _: milliseconds)
        yield


async def judged(verifier: SessionVerifier, case: Mapping[str, Any], headers: Mapping[str, str]) -> Any:
    """Return what the verifier says at the case's moment, as the reference would print it, or None."""
    with at(round(case["at"])):
        verified = await verifier.find(headers)
    return None if verified is None else as_json(verified)


def as_json(verified: VerifiedSession) -> dict[str, Any]:
    """Return what was verified as JSON shows it."""
    return {"user": _plain(verified.user), "session": _plain(verified.session)}


def expected(case: Mapping[str, Any], usual: Any) -> Any:
    """Return the reference's verdict; one that broke off with an error is no session."""
    verdict = case["verdict"]
    if isinstance(verdict, str):
        return None
    return usual if verdict is True else verdict


def without_nulls(answer: Any) -> Any:
    """Return the answer without absent and null fields, which databases do not tell apart."""
    if answer is None:
        return None
    return {part: {key: value for key, value in answer[part].items() if value is not None} for part in answer}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_wire(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
