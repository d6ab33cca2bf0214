"""What better-auth's client reads of the cookie."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests
from tests.clients.profiles import CHEAP_PASSWORDS


class TestClient(ClientTests):
    owner = "last-login-method"
    plays: ClassVar = {
        "last-way": (
            {"emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS}, "plugins": {"last-login-method": {}}},
            ("last-way",),
        ),
    }
