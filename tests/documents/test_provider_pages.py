"""The pages of the providers: what they tell people to configure starts."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import httpx
import pytest

from betterauth_py.assembly.social_providers import load_social_providers, with_provider_variables
from betterauth_py.clock import ManualClock
from betterauth_py.oauth.options import ProviderOptions
from betterauth_py.oauth.registry import PROVIDER_IDS, find_provider
from betterauth_py.oauth.social_provider import SocialProvider
from tests.oauth.world import NOW

PAGES = Path(__file__).resolve().parents[2] / "docs/providers"


def test_every_provider_has_a_page() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == {*PROVIDER_IDS}


@pytest.mark.parametrize("provider_id", PROVIDER_IDS)
def test_what_a_page_configures_starts(provider_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    block = re.findall(r"```toml\n(.*?)```", page_of(provider_id), re.DOTALL)[0]
    monkeypatch.setenv(f"{provider_id}_client_secret".upper(), "secret")
    values = tomllib.loads(block)["social_providers"]
    assert started(load_social_providers(values, "social_providers")) == [provider_id]


@pytest.mark.parametrize("provider_id", sorted({*PROVIDER_IDS} - {"cognito"}))
def test_the_variables_of_a_page_turn_its_provider_on(provider_id: str) -> None:
    line = re.findall(r"Or by the environment: (.*?)\.", page_of(provider_id))[0]
    env = dict.fromkeys(re.findall(r"`(\w+)`", line), "value")
    values = with_provider_variables({}, env, is_service=True)["social_providers"]
    assert started(load_social_providers(values, "social_providers")) == [provider_id]


def page_of(provider_id: str) -> str:
    return (PAGES / f"{provider_id}.md").read_text(encoding="utf-8")


def started(loaded: dict[str, ProviderOptions]) -> list[str]:
    made = []
    for name, options in loaded.items():
        home = find_provider(name)
        assert home is not None
        made.append(SocialProvider(home.make(options), options, client=httpx.AsyncClient, clock=ManualClock(NOW)))
    return [provider.id for provider in made]
