"""The scenarios of plugins/oauth-proxy."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/oauth-proxy"
