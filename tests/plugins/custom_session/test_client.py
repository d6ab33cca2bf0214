"""better-auth's client gets what the function returns."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests
from tests.clients.profiles import CHEAP_PASSWORDS


class TestClient(ClientTests):
    owner = "custom-session"
    plays: ClassVar = {
        "custom session": (
            {
                "emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS},
                "plugins": {"custom-session": {"fn": {"$fn": "customSession"}}},
            },
            ("custom-session",),
        ),
    }
