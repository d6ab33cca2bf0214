"""The scenarios of plugins/anonymous."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/anonymous"
