"""Schemas that add something to one other schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from betterauth_py.javascript.values import UNDEFINED
from betterauth_py.wire.validation.checks import Check, has_length
from betterauth_py.wire.validation.containers import Array
from betterauth_py.wire.validation.schema import (
    Absence,
    Continuation,
    Issue,
    JSONSchema,
    Path,
    Schema,
    stops_checks,
)


@dataclass(frozen=True, slots=True)
class Wrapper(Schema):
    """What `inner` accepts, with an addition; `inner` handles absent keys unless a subclass does."""

    inner: Schema
    absence: Absence = field(init=False, default=Absence.REFUSED)
    optional: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Take over how the inner schema handles absence."""
        self._set(self.inner.absence, optional=self.inner.optional)

    def _set(self, absence: Absence, *, optional: bool) -> None:
        object.__setattr__(self, "absence", absence)
        object.__setattr__(self, "optional", optional)

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return self.inner.json_schema()


@dataclass(frozen=True, slots=True)
class Checked(Wrapper):
    """What `inner` and all of the checks accept, applied in order."""

    checks: tuple[Check, ...] = ()

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        too_long = self._too_long(value, path)
        if too_long is not None:
            issues.append(too_long)
            return value
        found: list[Issue] = []
        value = self.inner.read(value, path, found)
        for check in self.checks:
            if check.measures_length:
                if not has_length(value) or _stops_all_checks(found, path):
                    continue
            elif stops_checks(found, path):
                continue
            value = check.apply(value, path, found)
        issues.extend(found)
        return value

    def _too_long(self, value: Any, path: Path) -> Issue | None:
        """Return the issue of an array that is too long to be read."""
        if not isinstance(self.inner, Array) or not isinstance(value, list):
            return None
        found: list[Issue] = []
        for check in self.checks:
            if len(value) > check.most_items:
                check.apply(value, path, found)
                return replace(found[0], continuation=Continuation.NO)
        return None

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        schema = self.inner.json_schema()
        for check in self.checks:
            check.describe(schema)
        return schema


@dataclass(frozen=True, slots=True)
class Optional(Wrapper):
    """What `inner` accepts, or `undefined`, but not null."""

    def __post_init__(self) -> None:
        """Absence is allowed, or replaced where the inner schema replaces it."""
        replaced = self.inner.absence is Absence.REPLACED
        self._set(Absence.REPLACED if replaced else Absence.ALLOWED, optional=True)

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if value is not UNDEFINED:
            return self.inner.read(value, path, issues)
        if self.absence is not Absence.REPLACED:
            return UNDEFINED
        found: list[Issue] = []
        read = self.inner.read(value, path, found)
        return UNDEFINED if found else read


@dataclass(frozen=True, slots=True)
class Nullable(Wrapper):
    """What `inner` accepts, or null."""

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        return None if value is None else self.inner.read(value, path, issues)

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        schema = self.inner.json_schema()
        kind = schema.get("type")
        if kind is None or "enum" in schema:
            return {"anyOf": [schema, {"type": "null"}]}
        return {**schema, "type": [*(kind if isinstance(kind, list) else [kind]), "null"]}


def _stops_all_checks(found: list[Issue], path: Path) -> bool:
    return any(issue.continuation is Continuation.NO or issue.stopped_at == path for issue in found)


def nullish(inner: Schema) -> Schema:
    """Return a schema for what `inner` accepts, null, or `undefined`."""
    return Optional(Nullable(inner))


@dataclass(frozen=True, slots=True)
class Default(Wrapper):
    """What `inner` accepts; `make()` replaces an absent value."""

    make: Callable[[], Any] = lambda: None

    def __post_init__(self) -> None:
        """Absence is replaced."""
        self._set(Absence.REPLACED, optional=False)

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        if value is not UNDEFINED:
            value = self.inner.read(value, path, issues)
        return self.make() if value is UNDEFINED else value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        return {**self.inner.json_schema(), "default": self.make()}


@dataclass(frozen=True, slots=True)
class Catch(Wrapper):
    """What `inner` accepts; `make()` replaces anything else, without an issue."""

    make: Callable[[], Any] = lambda: None

    def __post_init__(self) -> None:
        """Absence is accepted, like anything else."""
        replaced = self.inner.absence is Absence.REPLACED
        self._set(Absence.REPLACED if replaced else Absence.ALLOWED, optional=self.inner.optional)

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        found: list[Issue] = []
        read = self.inner.read(value, path, found)
        return self.make() if found else read
