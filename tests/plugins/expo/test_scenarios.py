"""The plugin's scenarios, on both databases."""

from __future__ import annotations

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/expo"
