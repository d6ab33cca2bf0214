"""The scenarios of plugins/oauth-popup."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/oauth-popup"
