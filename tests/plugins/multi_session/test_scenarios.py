"""The scenarios of plugins/multi-session."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/multi-session"
