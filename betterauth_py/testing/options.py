"""The options of a tested server: quick where nothing else is asked for, and none from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from betterauth_py.assembly.options import load_options
from betterauth_py.core.plugin import Plugin
from betterauth_py.options import Options
from betterauth_py.testing.codes import CapturedCodes
from betterauth_py.testing.mails import CapturedMails
from betterauth_py.testing.texts import CapturedTexts

BASE_URL: Final = "http://localhost:3000"
SECRET: Final = "for-tests-only-Zp3vX8nQ5rT1wY7uK4bM"

# FOR TESTS ONLY: a millisecond and 8 KiB for each hash, which an attacker would need no more of either.
_CHEAP_HASH: Final = {"argon2": {"time_cost": 1, "memory_cost": 8}}


def make_options(
    values: Mapping[str, Any],
    *,
    database_url: str,
    clock: object,
    mails: CapturedMails,
    texts: CapturedTexts,
    codes: CapturedCodes,
) -> Options:
    """Return the options of a test: `values`, and defaults for what they leave open.

    Unless the environment is development or test (the default), passwords are hashed as in production.

    Raises:
        ConfigurationError: if one is wrong.
    """
    given = {"base_url": BASE_URL, "secret": SECRET, "environment": "test", "clock": clock, **values}
    passwords: dict[str, Any] = {"enabled": True}
    if given["environment"] in {"development", "test"}:
        passwords["password"] = _CHEAP_HASH
    given["email_and_password"] = _with_defaults(given.get("email_and_password"), passwords)
    given["database"] = _with_defaults(given.get("database"), {"url": database_url, "cleanup_interval": 0})
    given["mail"] = _with_defaults(given.get("mail"), {"transport": mails.transport, "sender": "no-reply@example.com"})
    given["sms"] = _with_defaults(given.get("sms"), {"transport": texts.capture})
    options = load_options(given)
    captured = Plugin(id="test-utils", database_hooks=codes.hooks())
    return replace(options, plugins=[*options.plugins, captured])


def _with_defaults(given: Any, defaults: Mapping[str, Any]) -> Any:
    """Return a group of options with defaults; one that is an object says everything itself."""
    return given if given is not None and not isinstance(given, Mapping) else {**defaults, **(given or {})}
