"""The scenarios of core, part 1 of 6."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "core"
    part = (1, 6)
