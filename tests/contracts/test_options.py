"""Every option of the reference is taken, or listed with the reason why it is not."""

from __future__ import annotations

import json
import subprocess
from fnmatch import fnmatchcase

import pytest

from betterauth_py.conformance.recorder.oracle import install
from scripts.option_gaps import CONTRACTS, REFERENCE, gaps, not_taken

ORACLE = CONTRACTS / "oracle"


def listed(gap: str, pattern: str) -> bool:
    plain = pattern.replace("[", "[[]")
    return fnmatchcase(gap, plain) or fnmatchcase(gap, f"{plain} = *") or fnmatchcase(gap, f"{plain}.*")


@pytest.mark.parametrize("owner", gaps())
def test_every_option_of_the_reference_is_taken_or_listed_with_a_reason(owner: str) -> None:
    patterns = [pattern for state in not_taken().values() for pattern in state.get(owner, {})]
    found = gaps()[owner]
    assert [gap for gap in found if not any(listed(gap, pattern) for pattern in patterns)] == []
    assert [pattern for pattern in patterns if not any(listed(gap, pattern) for gap in found)] == []


def test_the_list_names_only_owners_that_exist_and_gives_reasons() -> None:
    assert {owner for state in not_taken().values() for owner in state} <= set(gaps())
    assert all(reason for listing in not_taken()["never"].values() for reason in listing.values())


def test_the_options_are_those_of_the_references_types() -> None:
    install()
    done = subprocess.run(["node", "options.mjs"], cwd=ORACLE, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json.loads(REFERENCE.read_text(encoding="utf-8"))
