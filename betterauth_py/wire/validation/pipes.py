"""Schemas that turn one value into another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from betterauth_py.wire.validation.schema import Absence, Issue, JSONSchema, Path, Schema
from betterauth_py.wire.validation.wrappers import Wrapper


@dataclass(frozen=True, slots=True)
class Transform(Wrapper):
    """The result of `change` for what `inner` accepts (zod's `transform`); it does not run on refused values."""

    change: Callable[[Any], Any] = lambda value: value

    def __post_init__(self) -> None:
        """The result may be anything but `undefined`."""
        self._set(self.inner.absence, optional=False)

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        found: list[Issue] = []
        read = self.inner.read(value, path, found)
        return read if _stops_pipe(found, path, issues) else self.change(read)


@dataclass(frozen=True, slots=True)
class Pipe(Schema):
    """The result of `second` for the result of `first` (zod's `pipe`)."""

    first: Schema
    second: Schema
    absence: Absence = field(init=False, default=Absence.REFUSED)
    optional: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """The first schema handles absence, the second determines the result."""
        object.__setattr__(self, "absence", self.first.absence)
        object.__setattr__(self, "optional", self.second.optional)

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        found: list[Issue] = []
        read = self.first.read(value, path, found)
        return read if _stops_pipe(found, path, issues) else self.second.read(read, path, issues)

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return self.first.json_schema()


@dataclass(frozen=True, slots=True)
class Preprocess(Wrapper):
    """What `inner` accepts of the result of `change`, which gets any value (zod's `preprocess`)."""

    change: Callable[[Any], Any] = lambda value: value

    def __post_init__(self) -> None:
        """The function gets absent values too."""
        self._set(Absence.ALLOWED, optional=self.inner.optional)

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        return self.inner.read(self.change(value), path, issues)


def _stops_pipe(found: list[Issue], path: Path, issues: list[Issue]) -> bool:
    """Pass on the issues of a pipe's first part; return whether they stop the second part."""
    stops = any(not issue.unknown_keys for issue in found)
    issues.extend(replace(issue, stopped_at=path) if stops else issue for issue in found)
    return stops
