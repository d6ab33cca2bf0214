"""From better-auth's camelCase option tree to ours.

Option names become snake_case, while names that belong to the user (additional fields, rate-limit paths, cookies, model
and column names) stay as they were written.

"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_BEFORE_WORD = re.compile(r"([A-Z]+)([A-Z][a-z])")
_BEFORE_CAPITAL = re.compile(r"([a-z\d])([A-Z])")

KEYS_OF_THE_USER = frozenset(
    {
        ("advanced", "cookies"),
        ("plugins",),
        ("rateLimit", "customRules"),
        ("verification", "storeIdentifier", "overrides"),
    }
)
"""Objects whose own keys are data, besides `additionalFields`; what stands below those keys are options again."""

OWN_NAMES = {"encryptOAuthTokens": "encrypt_oauth_tokens"}
"""Options whose name here is not what the rule makes of it."""

VALUES_OF_THE_USER = frozenset({"fields", "defaultValue", "extensions", "translations"})
"""Options whose whole value is data."""


def snake_case(name: str) -> str:
    """``ipAddressHeaders`` as ``ip_address_headers``, ``baseURL`` as ``base_url``; what Drizzle does with columns."""
    return _BEFORE_CAPITAL.sub(r"\1_\2", _BEFORE_WORD.sub(r"\1_\2", name)).lower()


def camel_case(name: str) -> str:
    """``ip_address`` as ``ipAddress``; a name that is so already stays."""
    return re.sub(r"_([a-z\d])", lambda letter: letter[1].upper(), name)


def our_options(profile: Mapping[str, Any], function: Callable[[str], Any]) -> dict[str, Any]:
    """The profile as keyword arguments of ``BetterAuth``, with its named functions resolved."""

    def convert(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, list):
            return [convert(item, path) for item in value]
        if not isinstance(value, Mapping):
            return value
        if "$fn" in value:
            return function(str(value["$fn"]))
        if path and path[-1] in VALUES_OF_THE_USER:
            return dict(value)
        if path and path[-2:-1] == ("overrides",) and "hash" in value:
            # There a function stands in an object, here by itself.
            return convert(value["hash"], path)
        keep = path in KEYS_OF_THE_USER or path[-1:] == ("additionalFields",)
        return {
            key if keep else OWN_NAMES.get(key) or snake_case(key): convert(item, (*path, key))
            for key, item in value.items()
        }

    converted = convert(profile, ())
    return {str(key): value for key, value in converted.items()}
