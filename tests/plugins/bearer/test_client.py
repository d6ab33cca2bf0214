"""better-auth's client with a token instead of cookies."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests
from tests.clients.profiles import CHEAP_PASSWORDS


class TestClient(ClientTests):
    owner = "bearer"
    plays: ClassVar = {
        "token": (
            {"emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS}, "plugins": {"bearer": {}}},
            ("bearer",),
        ),
    }
