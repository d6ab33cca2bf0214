"""What ``{"$fn": name}`` means in the profiles of a plugin: one module each, found by itself.

A module has ``functions(mails)``, which returns the table of its names; ``contracts/oracle/functions/<id>.mjs`` is the
other half.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from betterauth_py.conformance.collected_mails import MailCollector


def functions_of_plugins(mails: MailCollector) -> list[dict[str, Callable[..., Any]]]:
    """The tables of every plugin's module."""
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__))
    return [module.functions(mails) for module in modules]
