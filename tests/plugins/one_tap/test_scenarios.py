"""The scenarios of plugins/one-tap."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/one-tap"
