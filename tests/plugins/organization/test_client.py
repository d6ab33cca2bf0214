"""The methods that the plugin adds to better-auth's client."""

from typing import ClassVar

from tests.clients.client_tests import ClientTests
from tests.clients.profiles import CHEAP_PASSWORDS

ORGANIZATION = {
    "teams": {"enabled": True},
    "invitationExpiresIn": 604_800,
    "ac": {"$fn": "projectAccess"},
    "dynamicAccessControl": {"enabled": True},
    "sendInvitationEmail": {"$fn": "sendInvitationEmail"},
}


class TestClient(ClientTests):
    owner = "organization"
    plays: ClassVar = {
        "organizations": (
            {
                "emailAndPassword": {"enabled": True, "password": CHEAP_PASSWORDS},
                "emailVerification": {"sendVerificationEmail": {"$fn": "sendVerificationEmail"}},
                "plugins": {"organization": ORGANIZATION},
            },
            ("organizations",),
        ),
    }
