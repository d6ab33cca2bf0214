"""Whether our provider did what the reference did, but for what is intended."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from re import sub
from typing import Any

from tests.oauth.cases import RECORDINGS, Case


@cache
def recording_of(provider: str) -> dict[str, Any]:
    """Return what the reference did, by the names of the cases."""
    recorded: dict[str, Any] = json.loads((RECORDINGS / f"{provider}.json").read_text(encoding="utf-8"))
    return recorded


def with_short_tokens(text: str) -> str:
    """Return a text with a digest in the place of every signed token: recordings would consist of them."""
    return sub(r"eyJ[\w-]+\.[\w-]+\.[\w-]*", lambda found: f"jwt-{sha256(found[0].encode()).hexdigest()[:12]}", text)


def compare(case: Case, done: dict[str, Any], reference: dict[str, Any]) -> list[str]:
    """Return how they differ, but for what is intended."""
    done = json.loads(with_short_tokens(json.dumps(done)))
    result, expected = done["result"], reference["result"]
    asked, expected_requests = done["requests"], reference["requests"]
    refuses = isinstance(expected, dict) and "throws" in expected
    if refuses:
        # The reference then answers 500, or with an error code; this server with the error code.
        expected, expected_requests = None, expected_requests[: len(asked)]
        if isinstance(result, dict) and "refuses to start" in result:
            return []
    if "intended" in case:
        wanted = case["intended"].get("result")
        if isinstance(result, dict) and "refuses to start" in result:
            result = "refuses to start"
        if (result, asked) == (expected, expected_requests):
            return ["no difference is left to be intended"]
        return [] if result == wanted else [f"intended {_shown(wanted)}, is {_shown(result)}"]
    if expected == "invalid":
        expected_requests = expected_requests[: len(asked)]
    if case.get("refused"):
        expected, expected_requests = None, expected_requests[: len(asked)]
    if case.get("no_subject") and expected is not None:
        expected = None if result is None else {**expected, "subject": None}
    differences = [] if _shown(result) == _shown(expected) else [f"result {_shown(result)}, not {_shown(expected)}"]
    if asked != expected_requests:
        at = next((i for i, pair in enumerate(zip(asked, expected_requests, strict=False)) if pair[0] != pair[1]), None)
        ours, theirs = (asked, expected_requests) if at is None else (asked[at], expected_requests[at])
        differences.append(f"asked {_shown(ours)}, not {_shown(theirs)}")
    return differences


def _shown(value: Any) -> str:
    """Return the JSON: the order of keys shows, too."""
    return json.dumps(value, ensure_ascii=False)
