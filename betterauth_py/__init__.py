"""betterauth-py: the BetterAuth server for Python teams.

Importing this package costs next to nothing; its names are loaded when they are used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from betterauth_py._version import __version__
from betterauth_py.public_names import load_public_name

if TYPE_CHECKING:
    from betterauth_py.auth import BetterAuth
    from betterauth_py.core.plugin import Plugin
    from betterauth_py.errors import (
        BetterAuthError,
        ConfigurationError,
        DatabaseError,
        MailError,
        PluginError,
        SecondaryStorageError,
        SmsError,
    )
    from betterauth_py.options import Options
    from betterauth_py.store.redis_storage import RedisStorage
    from betterauth_py.wire.errors import APIError

__all__ = [
    "APIError",
    "BetterAuth",
    "BetterAuthError",
    "ConfigurationError",
    "DatabaseError",
    "MailError",
    "Options",
    "Plugin",
    "PluginError",
    "RedisStorage",
    "SecondaryStorageError",
    "SmsError",
    "__version__",
]

_HOMES = {
    "APIError": "betterauth_py.wire.errors",
    "BetterAuth": "betterauth_py.auth",
    "BetterAuthError": "betterauth_py.errors",
    "ConfigurationError": "betterauth_py.errors",
    "DatabaseError": "betterauth_py.errors",
    "MailError": "betterauth_py.errors",
    "Options": "betterauth_py.options",
    "Plugin": "betterauth_py.core.plugin",
    "PluginError": "betterauth_py.errors",
    "RedisStorage": "betterauth_py.store.redis_storage",
    "SecondaryStorageError": "betterauth_py.errors",
    "SmsError": "betterauth_py.errors",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home."""
    return load_public_name(__name__, _HOMES, name, extra="server")


def __dir__() -> list[str]:
    """List the public names."""
    return __all__
