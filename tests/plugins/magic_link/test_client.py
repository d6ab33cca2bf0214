"""The methods that the plugin adds to better-auth's client."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests


class TestClient(ClientTests):
    owner = "magic-link"
    plays: ClassVar = {"links": ({"plugins": {"magic-link": {"sendMagicLink": {"$fn": "sendMagicLink"}}}}, ("links",))}
