"""Objects that a configuration names: `myapp.auth:send_mail`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from re import compile as compile_pattern
from traceback import extract_tb
from typing import Any, Final

from betterauth_py.errors import BetterAuthError, ConfigurationError

_PLAIN_WORD: Final = compile_pattern(r"[A-Za-z0-9_.\- ]{1,30}")
_IMPORT_STRING: Final = compile_pattern(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*")


def is_import_string(value: Any) -> bool:
    """Return whether `value` is text of the form `module:attribute`."""
    return isinstance(value, str) and _IMPORT_STRING.fullmatch(value) is not None


def import_object(import_string: str, path: str) -> Any:
    """Return what `module:attribute` names; `path` is the option that names it.

    Raises:
        ConfigurationError: if it does not have that form, there is no such module or attribute, or the module fails.
    """
    if not is_import_string(import_string):
        shown = repr(import_string) if is_harmless(import_string, path) else "the text"
        raise ConfigurationError(f"Option `{path}`: {shown} is not an import string. Write 'package.module:attribute'.")
    module_name, _, attribute = import_string.partition(":")
    try:
        imported: Any = import_module(module_name)
        for name in attribute.split("."):
            imported = getattr(imported, name)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"Option `{path}`: cannot import {import_string!r}: {error}.") from error
    except BetterAuthError as error:
        raise ConfigurationError(f"Option `{path}`: cannot import {import_string!r}: {error}") from error
    except Exception as error:
        raise ConfigurationError(f"Option `{path}`: cannot import {import_string!r}: {failure(error)}.") from error
    return imported


def call(function: Callable[..., Any], path: str, *arguments: Any, **options: Any) -> Any:
    """Return what `function` returns, which the option at `path` names.

    Raises:
        ConfigurationError: if it raises anything; an error of this package is raised as it is.
    """
    try:
        return function(*arguments, **options)
    except BetterAuthError:
        raise
    except Exception as error:
        name = getattr(function, "__name__", type(function).__name__)
        raise ConfigurationError(f"Option `{path}`: {name}(...) raised {failure(error)}.") from error


def failure(error: Exception) -> str:
    """Return what an error of somebody else's code says, and where it was raised: there is no traceback beside it."""
    said = ": ".join(filter(None, (type(error).__name__, str(error))))
    frames = extract_tb(error.__traceback__)
    return f"{said} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else said


def is_harmless(value: Any, path: str) -> bool:
    """Return whether an error may repeat the value: a secret, or a URL with a password, may be in the wrong place."""
    if any(word in path for word in ("secret", "password", "token", "url")):
        return False
    return isinstance(value, bool | int | float) or (
        isinstance(value, str) and _PLAIN_WORD.fullmatch(value) is not None
    )
