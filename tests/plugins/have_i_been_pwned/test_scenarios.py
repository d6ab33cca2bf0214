"""The scenarios of plugins/have-i-been-pwned."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/have-i-been-pwned"
