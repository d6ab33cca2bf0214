"""The scenarios of the organization plugin, on SQLite and on PostgreSQL."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/organization"
