"""The methods that the plugin adds to better-auth's client, with a wallet of ethers; both servers verify signatures."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests

_OPTIONS = {
    "domain": "app.test",
    "getNonce": {"$fn": "siweCountedNonce"},
    "verifyMessage": {"$fn": "siweRecovered"},
}


class TestClient(ClientTests):
    owner = "siwe"
    plays: ClassVar = {"wallets": ({"plugins": {"siwe": _OPTIONS}}, ("wallets",))}
