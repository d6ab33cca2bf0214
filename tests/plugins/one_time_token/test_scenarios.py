"""The scenarios of plugins/one-time-token."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/one-time-token"
