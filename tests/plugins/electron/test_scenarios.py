"""The scenarios of plugins/electron."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/electron"
