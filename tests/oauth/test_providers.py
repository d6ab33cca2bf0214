"""Every provider against what better-auth's own does in the same world: see the README beside this file."""

from __future__ import annotations

import subprocess
import sys

import pytest

from betterauth_py.oauth.registry import PROVIDER_IDS, find_provider
from tests.oauth.cases import GROUPS, PROVIDERS, cases_of, digest
from tests.oauth.comparison import compare, recording_of
from tests.oauth.world import play


def test_every_provider_has_cases() -> None:
    assert sorted(PROVIDER_IDS) == [name for name in PROVIDERS if "/" not in name]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_recordings_are_of_these_cases(provider: str) -> None:
    recorded = {name: what["case"] for name, what in recording_of(provider).items()}
    now = {name: digest(case) for name, case in cases_of(provider).items()}
    assert recorded == now, f"record again: .venv/bin/python -m tests.oauth.record {provider}"


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_provider_does_what_the_reference_does(provider: str, group: str) -> None:
    differences: list[str] = []
    for name, case in cases_of(provider).items():
        if case["call"] == group:
            done = await play(provider, case)
            differences += [f"{name}: {what}" for what in compare(case, done, recording_of(provider)[name])]
    assert differences == []


def test_a_provider_is_imported_only_when_it_is_configured() -> None:
    script = (
        "import sys, betterauth_py.auth, betterauth_py.oauth.registry as registry; registry.find_provider('github'); "
        "print(sorted(name for name in sys.modules if name.startswith('betterauth_py.oauth.providers.')))"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "['betterauth_py.oauth.providers.github']"


def test_an_unknown_provider_is_none() -> None:
    assert find_provider("myspace") is None
    assert find_provider("../github") is None
