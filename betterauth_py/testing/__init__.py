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
from importlib import import_module
from typing import TYPE_CHECKING, Any

from betterauth_py.errors import ConfigurationError

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
    from betterauth_py.testing.verified import verified_as

__all__ = [
    "AuthFactory",
    "AuthHarness",
    "BrowserCookie",
    "CapturedCodes",
    "CapturedMails",
    "Mail",
    "ManualClock",
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
    "AuthFactory": "plugin",
    "AuthHarness": "harness",
    "BrowserCookie": "cookies",
    "CapturedCodes": "codes",
    "CapturedMails": "mails",
    "Mail": "mails",
    "ManualClock": "clock",
    "RowFactory": "factories",
    "SessionFactory": "sessions",
    "SignedIn": "sessions",
    "StorageState": "cookies",
    "SyncAuthFactory": "plugin",
    "SyncAuthHarness": "sync",
    "UserFactory": "factories",
    "VerifiedAs": "plugin",
    "verified_as": "verified",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


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
