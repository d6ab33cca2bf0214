"""Helpers for tests of a server, of its plugins, and of services that verify sessions.

One line in the `conftest.py` at the top of your tests gives you the fixtures:

    pytest_plugins = ["betterauth_py.testing.plugin"]

A name is loaded when it is used, so a service that only verifies needs nothing of the server. See `docs/testing.md`.

Raises:
    ConfigurationError: when it is imported outside of tests, or where the environment is production: it hashes
        passwords cheaply.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from betterauth_py.errors import ConfigurationError
from betterauth_py.public_names import load_public_name

if TYPE_CHECKING:
    from betterauth_py.testing.clock import ManualClock
    from betterauth_py.testing.codes import CapturedCodes
    from betterauth_py.testing.cookies import BrowserCookie, StorageState
    from betterauth_py.testing.factories import RowFactory, UserFactory
    from betterauth_py.testing.harness import AuthHarness
    from betterauth_py.testing.mails import CapturedMails, Mail
    from betterauth_py.testing.plugin import AuthFactory, SyncAuthFactory, VerifiedAs
    from betterauth_py.testing.sessions import SessionFactory, SignedIn
    from betterauth_py.testing.sync import SyncAuthHarness
    from betterauth_py.testing.texts import CapturedTexts
    from betterauth_py.testing.verified import verified_as
    from betterauth_py.verify.records import Record

__all__ = [
    "AuthFactory",
    "AuthHarness",
    "BrowserCookie",
    "CapturedCodes",
    "CapturedMails",
    "CapturedTexts",
    "Mail",
    "ManualClock",
    "Record",
    "RowFactory",
    "SessionFactory",
    "SignedIn",
    "StorageState",
    "SyncAuthFactory",
    "SyncAuthHarness",
    "UserFactory",
    "VerifiedAs",
    "verified_as",
]

_HOMES = {
    "AuthFactory": "betterauth_py.testing.plugin",
    "AuthHarness": "betterauth_py.testing.harness",
    "BrowserCookie": "betterauth_py.testing.cookies",
    "CapturedCodes": "betterauth_py.testing.codes",
    "CapturedMails": "betterauth_py.testing.mails",
    "CapturedTexts": "betterauth_py.testing.texts",
    "Mail": "betterauth_py.testing.mails",
    "ManualClock": "betterauth_py.testing.clock",
    "Record": "betterauth_py.verify.records",
    "RowFactory": "betterauth_py.testing.factories",
    "SessionFactory": "betterauth_py.testing.sessions",
    "SignedIn": "betterauth_py.testing.sessions",
    "StorageState": "betterauth_py.testing.cookies",
    "SyncAuthFactory": "betterauth_py.testing.plugin",
    "SyncAuthHarness": "betterauth_py.testing.sync",
    "UserFactory": "betterauth_py.testing.factories",
    "VerifiedAs": "betterauth_py.testing.plugin",
    "verified_as": "betterauth_py.testing.verified",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    return load_public_name(__name__, _HOMES, name)


def __dir__() -> list[str]:
    """List the public names."""
    return __all__


def _refuse_outside_of_tests() -> None:
    environment = os.environ.get("BETTER_AUTH_ENV") or os.environ.get("NODE_ENV")
    if environment == "production":
        raise ConfigurationError(
            f"{__name__} is for tests, and the environment is production (BETTER_AUTH_ENV or NODE_ENV). Do not import "
            "it in production."
        )
    if environment != "test" and "PYTEST_VERSION" not in os.environ and "pytest" not in sys.modules:
        raise ConfigurationError(
            f"{__name__} is for tests, and this is not pytest. In a script or another test runner, set "
            "BETTER_AUTH_ENV=test."
        )


_refuse_outside_of_tests()
