"""docs/security/asvs.md names tests and scenarios that exist, and leaves no requirement of V6 and V7 out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security" / "asvs.md").read_text(encoding="utf-8")
ENTRIES = [
    (number, level, " ".join(text.split()))
    for number, level, text in re.findall(
        r"^- \*\*(\d+\.\d+\.\d+)\*\* \((L[123])\) (.*?)(?=^- \*\*\d|^#|^\||\Z)", TEXT, re.MULTILINE | re.DOTALL
    )
]
STATES = ("Met", "Partly", "Not met", "Up to you", "Not applicable")
# How many requirements ASVS 5.0.0 has in each section of the chapters on authentication and sessions.
SECTIONS = {
    6: {1: 3, 2: 12, 3: 8, 4: 6, 5: 8, 6: 4, 7: 2, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 3, 6: 2},
}


@cache
def functions_of(path: str) -> set[str]:
    return set(re.findall(r"^(?:async )?def (test_\w+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize(("number", "text"), [(number, text) for number, _, text in ENTRIES])
def test_what_proves_a_requirement_exists(number: str, text: str) -> None:
    states = [state for state in re.findall(r"\*\*([A-Z][a-z ]+)\.?\*\*", text) if state in STATES]
    assert len(states) == 1, f"{number} has no state, or several: {states}"
    tests = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text)
    for path, name in tests:
        assert name in functions_of(path), f"{number} names {path}::{name}"
    scenarios = [
        name
        for part in re.findall(r"[Ss]cenarios? ((?:`[\w-]+`(?:, )?)+)", text)
        for name in re.findall(r"`([\w-]+)`", part)
    ]
    for name in scenarios:
        assert list((ROOT / "contracts" / "scenarios").rglob(f"{name}.yaml")), f"{number} names the scenario {name}"
    links = re.findall(r"\]\(([^)]+)\)", text)
    if states == ["Met"]:
        assert tests or scenarios or links or "Below" in text, f"{number} is met without a proof"


def test_no_requirement_of_authentication_and_sessions_is_left_out() -> None:
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in SECTIONS.items()
        for section, count in sections.items()
        for number in range(1, count + 1)
    ]
    assert [number for number, _, _ in ENTRIES if number.startswith(("6.", "7."))] == wanted
