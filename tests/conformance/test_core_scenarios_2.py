"""The scenarios of core, part 2 of 6."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "core"
    part = (2, 6)
