"""The scenarios of plugins/generic-oauth."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/generic-oauth"
