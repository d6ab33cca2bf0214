"""The scenarios of plugins/last-login-method."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/last-login-method"
