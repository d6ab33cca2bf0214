"""Loads the names that a package offers at their first use, so that importing the package costs next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from betterauth_py.errors import MissingExtraError


def load_public_name(package: str, homes: Mapping[str, str], name: str, *, extra: str | None = None) -> Any:
    """Return what `package` offers as `name`, from the module that `homes` names; for a package's `__getattr__`.

    Raises:
        AttributeError: if it offers no such name.
        MissingExtraError: naming `extra`, if that is given and something that it would install is missing.
    """
    if name not in homes:
        msg = f"module {package!r} has no attribute {name!r}"
        raise AttributeError(msg)
    try:
        home = import_module(homes[name])
    except ModuleNotFoundError as error:
        if extra is None or error.name is None or error.name.startswith("betterauth_py"):
            raise
        raise MissingExtraError(extra, error.name) from None
    is_offered_itself = homes[name].endswith(f".{name}") and not hasattr(home, name)
    return home if is_offered_itself else getattr(home, name)
