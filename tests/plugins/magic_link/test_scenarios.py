"""The scenarios of plugins/magic-link."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/magic-link"
