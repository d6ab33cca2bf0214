"""The scenarios of plugins/bearer."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/bearer"
