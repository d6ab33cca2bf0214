"""The methods that the plugin adds to better-auth's client."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests
from tests.clients.profiles import CHEAP_PASSWORDS


class TestClient(ClientTests):
    owner = "admin"
    plays: ClassVar = {
        "administration": (
            {
                "emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS},
                "plugins": {"admin": {"defaultRole": "admin"}},
            },
            ("admin",),
        ),
    }
