"""The scenarios of core, part 6 of 6."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "core"
    part = (6, 6)
