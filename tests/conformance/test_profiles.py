"""Profiles: what a stranger starts a server with before the kit is pointed at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from betterauth_py import BetterAuth
from betterauth_py.assembly.sources import load_service_options
from betterauth_py.conformance.profiles import Profile, profiles
from betterauth_py.conformance.retargeting import Retargeting
from betterauth_py.errors import BetterAuthError
from tests.conformance.scenario_tests import all_scenarios

PROFILES = profiles(all_scenarios())
THERE = Retargeting("auth.internal:4000")
NEED_JAVASCRIPT = {"additional-fields-functions", "additional-fields-required"}
"""Functions within the description of a field, which a file cannot name."""


def test_every_scenario_is_in_one_profile_and_names_it() -> None:
    members = [scenario.name for profile in PROFILES for scenario in profile.scenarios]
    playable = (
        item
        for item in all_scenarios()
        if not item.has_secondary_storage and not item.has_outside and item.has_database
    )
    assert sorted(members) == sorted(scenario.name for scenario in playable)
    assert [profile.name for profile in PROFILES if profile.answers_to("sign-in")] == ["default"]
    assert len({profile.name for profile in PROFILES}) == len(PROFILES)


@pytest.mark.parametrize("profile", [pytest.param(profile, id=profile.name) for profile in PROFILES])
def test_the_options_of_a_profile_start_this_server(profile: Profile, tmp_path: Path) -> None:
    file = tmp_path / "betterauth.toml"
    if profile.name in NEED_JAVASCRIPT:
        with pytest.raises(BetterAuthError, match="--print js"):
            profile.as_toml(THERE)
        return
    text = profile.as_toml(THERE)
    file.write_text(f'{text}\n[database]\nurl = "sqlite:///{tmp_path / "auth.db"}"\n', encoding="utf-8")
    options = load_service_options(file)
    BetterAuth(options)
    assert "localhost:3000" not in str(options.base_url)


def test_options_for_node_bring_their_functions() -> None:
    [mails] = [profile for profile in PROFILES if profile.name == "password-reset"]
    module = mails.as_javascript(THERE)
    assert "export const options" in module
    assert "sendResetPassword: collector" in module
    assert "http://auth.internal:4000" in module
    assert module.count("export ") == 1
