"""Groups of options selected by a tag: `provider = "hcaptcha"`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from betterauth_py.errors import ConfigurationError


def choose_tagged(groups: Sequence[Any], values: Mapping[str, Any], path: str) -> tuple[type[Any], str]:
    """Return the group of `values`, and its description for errors.

    Raises:
        ConfigurationError: if the tag is missing where no group has it as a default, or is none of them.
    """
    name, owners, default = tag_of(tuple(groups))
    given = values.get(name, default)
    if isinstance(given, str) and given in owners:
        return owners[given], f" for `{name}` {given!r}"
    wanted = " or ".join(map(repr, owners))
    option = f"{path}.{name}" if path else name
    if given is None:
        raise ConfigurationError(f"Option `{option}` is missing. Set it to {wanted}.")
    raise ConfigurationError(f"Option `{option}` must be {wanted}.")


@cache
def tag_of(groups: tuple[type[Any], ...]) -> tuple[str, Mapping[str, type[Any]], str | None]:
    """Return the tag's name, the group for each value, and the default value."""
    for field in fields(groups[0]):
        values = [_literals(group, field.name) for group in groups]
        together = [value for some in values for value in some]
        if all(values) and len(set(together)) == len(together):
            owners = {value: group for group, some in zip(groups, values, strict=True) for value in some}
            defaults = [one.default for group in groups for one in fields(group) if one.name == field.name]
            default = next((one for one in defaults if one is not MISSING), None)
            return field.name, owners, default
    names = ", ".join(group.__name__ for group in groups)
    raise TypeError(f"{names} have no field of different `Literal` texts in common that tells them apart")


def _literals(group: type[Any], name: str) -> tuple[str, ...]:
    hint = get_type_hints(group).get(name)
    return get_args(hint) if get_origin(hint) is Literal else ()
