"""The scenarios of plugins/phone-number."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/phone-number"
