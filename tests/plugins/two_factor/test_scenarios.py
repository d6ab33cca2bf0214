"""The scenarios of plugins/two-factor."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/two-factor"
