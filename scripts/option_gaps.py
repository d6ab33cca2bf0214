"""What options of the reference (contracts/options.json) our option classes do not take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import is_dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml

from betterauth_py.models.fields import snake_case
from betterauth_py.oauth.registry import PROVIDER_IDS, find_provider
from betterauth_py.options import Options
from betterauth_py.plugins.registry import BUILT_IN

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
REFERENCE = CONTRACTS / "options.json"
NOT_TAKEN = CONTRACTS / "options_not_taken.yaml"


def reference_options() -> dict[str, dict[str, list[str]]]:
    """What contracts/oracle/options.mjs printed: by owner and path, what the option takes."""
    loaded: dict[str, dict[str, list[str]]] = json.loads(REFERENCE.read_text(encoding="utf-8"))["options"]
    return loaded


@cache
def not_taken() -> dict[str, dict[str, dict[str, str]]]:
    """What we do not take, with the reason: by state (`open`, `never`), owner, and path or path and kind."""
    loaded: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(NOT_TAKEN.read_text(encoding="utf-8"))
    return loaded


@cache
def gaps() -> dict[str, list[str]]:
    """Return, by owner, the options that we do not take, and as `path = kind` the kinds of values.

    What is inside an option that we do not take is not told again.
    """
    reference = reference_options()
    owners = {"core": Options, **{plugin.id: plugin.factory().options_class for plugin in BUILT_IN}}
    return {owner: list(_gaps_in(hint, reference.get(owner, {}))) for owner, hint in owners.items()}


def _gaps_in(hint: Any, options: dict[str, list[str]]) -> Iterator[str]:
    absent: list[str] = []
    for path, kinds in options.items():
        if any(path.startswith((f"{above}.", f"{above}[")) for above in absent):
            continue
        found = list(_at_path(hint, path))
        if not found:
            absent.append(path)
            yield path
            continue
        for kind in kinds:
            if not any(_takes(one, kind) for one in found):
                yield f"{path} = {kind}"


def _at_path(hint: Any, path: str) -> Iterable[Any]:
    """Return what our options have at the place of this path: the choices of its type, or nothing."""
    found = list(_choices(hint))
    for part in path.replace("[]", ".[]").split("."):
        if path.startswith("socialProviders.") and part in PROVIDER_IDS:
            # `_load` of assembly/social_providers.py takes functions, too.
            found = [registered.options, _A_FUNCTION] if (registered := find_provider(part)) else []
        else:
            found = [choice for one in found for inner in _inside(one, part) for choice in _choices(inner)]
    return found


def _choices(hint: Any) -> Iterator[Any]:
    if get_origin(hint) in {Union, UnionType}:
        for choice in get_args(hint):
            yield from _choices(choice)
    elif hint is not NoneType:
        yield hint


def _inside(hint: Any, part: str) -> list[Any]:
    """Return what is at one part of a path inside a type."""
    if hint is Any:
        return [Any]
    origin = get_origin(hint)
    if part == "[]":
        return [get_args(hint)[0]] if origin is list else []
    if origin is list and is_dataclass(get_args(hint)[0]):
        # A list where better-auth also takes one alone.
        return _inside(get_args(hint)[0], part)
    if origin is dict:
        return [get_args(hint)[1]]
    if is_dataclass(hint) and isinstance(hint, type):
        hints = _hints(hint)
        return [hints[name] for name in (_name(part),) if name in hints]
    return []


@cache
def _hints(group: Any) -> dict[str, Any]:
    return get_type_hints(group, include_extras=True)


def _name(part: str) -> str:
    return snake_case(part).replace("o_auth", "oauth")


def _takes(hint: Any, kind: str) -> bool:
    """Whether a type takes values of a kind, as contracts/oracle/options.mjs names it."""
    origin = get_origin(hint)
    if hint is Any or kind == "anything":
        return True
    if kind[0] == '"':
        return hint is str or (origin is Literal and json.loads(kind) in get_args(hint))
    if kind.isdecimal():
        return hint is int or (origin is Literal and json.loads(kind) in get_args(hint))
    if kind in {"true", "false"}:
        return hint is bool or (origin is Literal and json.loads(kind) in get_args(hint))
    if kind == "number":
        return hint in {int, float} or origin is Annotated
    if kind == "string" and origin is Annotated:
        return True  # A span of time.
    plain = {"string": str, "boolean": bool, "Date": datetime}
    if kind in plain:
        return bool(hint is plain[kind])
    if kind == "function":
        return origin is _CALLABLE or getattr(hint, "_is_protocol", False)
    if kind == "list":
        return origin is list
    return is_dataclass(hint) or origin is dict or getattr(hint, "_is_protocol", False)


_A_FUNCTION = Callable[[], Any]
_CALLABLE = get_origin(_A_FUNCTION)


def main() -> int:
    """Print them."""
    for owner, found in gaps().items():
        for gap in found:
            print(f"{owner}: {gap}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
