"""The scenarios of plugins/email-otp."""

from tests.conformance.scenario_tests import ScenarioTests


class TestScenarios(ScenarioTests):
    folder = "plugins/email-otp"
