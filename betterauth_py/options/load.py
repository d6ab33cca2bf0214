"""Fills the option tree from nested mappings: a TOML file's, or keyword arguments."""

from __future__ import annotations

import types
from collections.abc import Callable as CallableType
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from re import sub
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from betterauth_py.errors import ConfigurationError, suggest
from betterauth_py.options.from_environment import is_reference, read_reference
from betterauth_py.options.import_strings import call, import_object, is_harmless, is_import_string
from betterauth_py.options.tagged_groups import choose_tagged
from betterauth_py.options.time_spans import seconds_of
from betterauth_py.options.types import Seconds

Group = TypeVar("Group")


@cache
def _hints(group: Any) -> dict[str, Any]:
    return get_type_hints(group, include_extras=True)


def load_group(group: type[Group], values: Mapping[str, Any], path: str) -> Group:
    """Build one group of options at `path` in the tree.

    Raises:
        ConfigurationError: naming the option, what is wrong with it and, for a misspelt one, the right name.
    """
    return _load_group(group, values, path, "")


def load_value(hint: Any, value: Any, path: str) -> Any:
    """Return `value` as what `hint` says, such as a plugin's options.

    `hint` may be a group, groups told apart by a tag (`CloudflareOptions | GoogleOptions`, each with a `Literal` field
    `provider`), or a list of either.

    Raises:
        ConfigurationError: as `load_group` does.
    """
    return _convert(value, hint, path)


def _load_group(group: type[Group], values: Mapping[str, Any], path: str, tag: str) -> Group:
    """Build one group; `tag` names it in errors if there are several."""
    known = {field.name: field for field in fields(group)}  # type: ignore[arg-type]
    hints: dict[str, Any] = _hints(group)  # type: ignore[arg-type]
    loaded: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise ConfigurationError(_unknown_option(_join(path, name), name, list(known), tag))
        loaded[name] = _convert(value, hints[name], _join(path, name))
    for name, field in known.items():
        if name not in loaded and field.default is MISSING and field.default_factory is MISSING:
            raise ConfigurationError(f"Option `{_join(path, name)}` is missing{tag}. Set it.")
    return group(**loaded)


def _unknown_option(full_name: str, name: str, known: list[str], tag: str) -> str:
    snake_case = sub(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])", r"_\1\2", name).lower()
    snake_case = snake_case.replace("u_r_l", "url").replace("_o_auth", "_oauth")
    return f"Unknown option `{full_name}`{tag}. {suggest(snake_case, sorted(known), 'Known options here')}"


def _convert(value: Any, hint: Any, path: str) -> Any:
    origin = get_origin(hint)
    if hint is Any:
        return value
    if is_reference(value) and (choices := _texts(hint)):
        return _convert_reference(value, choices, path)
    if origin in {Union, types.UnionType}:
        return _convert_union(value, get_args(hint), path)
    if origin is Literal:
        if value in get_args(hint):
            return value
        raise _unknown_choice(value, _either(get_args(hint)), path)
    if origin is list:
        if not isinstance(value, list | tuple):
            raise _mistyped(value, "a list", path)
        return [_convert(item, get_args(hint)[0], f"{path}[{index}]") for index, item in enumerate(value)]
    if origin is dict:
        if not isinstance(value, Mapping):
            raise _mistyped(value, "a table", path)
        return {str(key): _convert(item, get_args(hint)[1], _join(path, str(key))) for key, item in value.items()}
    if origin is CallableType:
        return _convert_callable(value, path)
    if hint == Seconds:
        return _convert_seconds(value, path)
    return _convert_plain(value, hint, path)


def _texts(hint: Any) -> list[Any]:
    """Return which strings `hint` allows: any (`str`), or some (`Literal`)."""
    choices = get_args(hint) if get_origin(hint) in {Union, types.UnionType} else (hint,)
    return [choice for choice in choices if choice is str or get_origin(choice) is Literal]


def _convert_reference(value: Mapping[str, Any], choices: list[Any], path: str) -> str:
    text = read_reference(value, path)
    if str in choices:
        return text
    allowed = [word for choice in choices for word in get_args(choice)]
    if text in allowed:
        return str(text)
    raise ConfigurationError(
        f"Option `{path}` must be {_either(allowed)}, which the environment variable {text.variable} is not."
    )


def _either(words: Iterable[Any]) -> str:
    return " or ".join(repr(word) for word in words)


def _convert_plain(value: Any, hint: Any, path: str) -> Any:
    if is_dataclass(hint) and isinstance(hint, type):
        if isinstance(value, hint):
            return value
        if is_import_string(value):
            return _convert_plain(_named(value, path), hint, path)
        if not isinstance(value, Mapping):
            raise _mistyped(value, "a table", path)
        return load_group(hint, value, path)
    if hint is type(None):
        if value is None:
            return None
    elif hint is float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif hint is int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    elif getattr(hint, "_is_protocol", False):
        return _convert_port(value, hint, path)
    elif isinstance(hint, type) and isinstance(value, hint):
        return value
    raise _mistyped(value, _NAMES.get(hint, getattr(hint, "__name__", str(hint))), path)


def _convert_port(value: Any, port: type, path: str) -> Any:
    """Return `value`, or the object that it is the import string of, if it has the interface's methods."""
    given = _named(value, path) if isinstance(value, str) else value
    methods = [name for name, member in vars(port).items() if callable(member) and not name.startswith("_")]
    missing = [name for name in methods if not callable(getattr(given, name, None))]
    if missing:
        raise ConfigurationError(
            f"Option `{path}`: {type(given).__name__} has no method {', '.join(f'`{name}`' for name in missing)}. "
            f"Give an object with the methods of {port.__name__}."
        )
    return given


def _convert_union(value: Any, choices: tuple[Any, ...], path: str) -> Any:
    if value is None and type(None) in choices:
        return None
    candidates = [choice for choice in choices if choice is not type(None)]
    if is_import_string(value):
        # If a function is allowed, a string of this form is an import string.
        candidates.sort(key=lambda choice: str(get_origin(choice)) != str(CallableType))
    elif not isinstance(value, str | Mapping):
        # For an object that lacks a method, the error names that rather than the known options.
        candidates.sort(key=lambda choice: not getattr(choice, "_is_protocol", False))
    groups = [choice for choice in candidates if is_dataclass(choice)]
    if isinstance(value, Mapping) and len(groups) > 1:
        group, tag = choose_tagged(groups, value, path)
        return _load_group(group, value, path, tag)
    errors: list[ConfigurationError] = []
    for choice in candidates:
        try:
            return _convert(value, choice, path)
        except ConfigurationError as error:
            told = isinstance(value, Mapping) and is_dataclass(choice)
            if told or (isinstance(value, list | tuple) and get_origin(choice) is list):
                raise
            errors.append(error)
    words = [word for choice in candidates if get_origin(choice) is Literal for word in get_args(choice)]
    if words and not is_import_string(value) and any(get_origin(choice) is CallableType for choice in candidates):
        raise _unknown_choice(value, f"{_either(words)}, or {_FUNCTION}", path)
    raise errors[0]


def _convert_callable(value: Any, path: str) -> Any:
    if callable(value):
        return value
    if isinstance(value, str):
        imported = import_object(value, path)
        if callable(imported):
            return imported
        raise ConfigurationError(f"Option `{path}`: {value!r} is not a function.")
    raise _mistyped(value, _FUNCTION, path)


def _named(import_string: str, path: str) -> Any:
    """Return what an import string names: the object, a function's result, or an instance of a class."""
    imported = import_object(import_string, path)
    is_called = isinstance(imported, type | types.FunctionType | types.MethodType)
    return call(imported, path) if is_called else imported


def _convert_seconds(value: Any, path: str) -> int:
    if isinstance(value, str):
        try:
            return seconds_of(value)
        except ValueError:
            pass
    elif isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _mistyped(value, 'a whole number of seconds, or a span such as "30m" or "7d"', path)


def _mistyped(value: Any, expected: str, path: str) -> ConfigurationError:
    shown = f" ({value!r})" if is_harmless(value, path) else ""
    name = _NAMES.get(type(value), type(value).__name__)
    return ConfigurationError(f"Option `{path}` must be {expected}, not {name}{shown}.")


def _unknown_choice(value: Any, expected: str, path: str) -> ConfigurationError:
    """Return the error for a value that is none of a `Literal`'s; that a text is a text helps nobody."""
    if not isinstance(value, str):
        return _mistyped(value, expected, path)
    shown = repr(value) if is_harmless(value, path) else "another text"
    return ConfigurationError(f"Option `{path}` must be {expected}, not {shown}.")


_FUNCTION = "a function, or its import string such as 'myapp.auth:send_mail'"
_NAMES: dict[Any, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    dict: "a table",
    list: "a list",
    type(None): "nothing",
}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
