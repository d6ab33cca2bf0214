"""The methods that the plugin adds to better-auth's client."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests
from tests.clients.profiles import CHEAP_PASSWORDS, Profile

TOKENS: Profile = {"emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS}, "plugins": {"jwt": {}}}
ELSEWHERE = {"jwks": {"remoteUrl": "https://keys.test/jwks.json", "keyPairConfig": {"alg": "ES256"}}}


class TestClient(ClientTests):
    owner = "jwt"
    plays: ClassVar = {
        "tokens": (TOKENS, ("tokens",)),
        "tokens elsewhere": ({**TOKENS, "plugins": {"jwt": ELSEWHERE}}, ("tokens-elsewhere",)),
    }
