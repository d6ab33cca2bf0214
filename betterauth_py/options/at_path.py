"""Single options of the tree by their paths, such as `email_verification.send_verification_email`."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Any, TypeVar

Group = TypeVar("Group")


def option_at(group: Any, path: str) -> Any:
    """Return the value at `path` in a group of options."""
    return reduce(getattr, path.split("."), group)


def with_option(group: Group, path: str, value: Any) -> Group:
    """Return a group of options with `value` at `path`."""
    name, _, rest = path.partition(".")
    return replace(group, **{name: with_option(getattr(group, name), rest, value) if rest else value})  # type: ignore[type-var]
