"""The methods that the plugin adds to better-auth's client."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests
from tests.clients.profiles import CHEAP_PASSWORDS


class TestClient(ClientTests):
    owner = "two-factor"
    plays: ClassVar = {
        "second factor": (
            {
                "emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS},
                "plugins": {"two-factor": {"otpOptions": {"sendOTP": {"$fn": "sendTwoFactorCode"}}}},
            },
            ("second-factor",),
        ),
    }
