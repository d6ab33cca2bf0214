"""Schemas that combine several schemas."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from betterauth_py.wire.validation.containers import unrecognized
from betterauth_py.wire.validation.schema import (
    Absence,
    Continuation,
    Issue,
    JSONSchema,
    Path,
    Schema,
    described,
    stops_checks,
)


@dataclass(frozen=True, slots=True)
class Union(Schema):
    """What one of the options accepts; with `exclusive`, what exactly one accepts (zod's `xor`)."""

    options: tuple[Schema, ...]
    exclusive: bool = False
    description: str = ""
    absence: Absence = field(init=False, default=Absence.REFUSED)
    optional: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Derive the handling of absence from the options."""
        kinds = {option.absence for option in self.options}
        absence = next((kind for kind in (Absence.REPLACED, Absence.ALLOWED) if kind in kinds), Absence.REFUSED)
        object.__setattr__(self, "absence", absence)
        object.__setattr__(self, "optional", any(option.optional for option in self.options))

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        results: list[tuple[Any, list[Issue]]] = []
        for option in self.options:
            found: list[Issue] = []
            read = option.read(value, path, found)
            if not found and not self.exclusive:
                return read
            results.append((read, found))
        good = [read for read, found in results if not found]
        if len(good) == 1:
            return good[0]
        # One option matches the type but fails checks: zod reports the issues of that option.
        near = [result for result in results if not stops_checks(result[1], path)]
        if not self.exclusive and len(near) == 1:
            issues.extend(near[0][1])
            return near[0][0]
        message = "Invalid input: more than one option matched" if good else "Invalid input"
        issues.append(Issue(path, message, Continuation.LENGTHS_ONLY))
        return value

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        kind = "oneOf" if self.exclusive else "anyOf"
        return described({kind: [option.json_schema() for option in self.options]}, self.description)


class UnmergeableError(Exception):
    """The two sides of an intersection returned different results for one value; a defect of the schema."""


@dataclass(frozen=True, slots=True)
class Intersection(Schema):
    """What both sides accept, their results merged (zod's `and`)."""

    left: Schema
    right: Schema

    def read(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Schema.read`."""
        left_issues: list[Issue] = []
        right_issues: list[Issue] = []
        left = self.left.read(value, path, left_issues)
        right = self.right.read(value, path, right_issues)
        both = [replace(issue, stopped_at=None) for issue in (*left_issues, *right_issues)]
        found = [issue for issue in both if not _is_about_keys(issue, path)]
        found += _keys_that_both_refuse(left_issues, right_issues, path)
        issues.extend(found)
        try:
            return _merged(left, right)
        except UnmergeableError:
            if stops_checks(found):
                return value
            raise

    def json_schema(self) -> JSONSchema:
        """See `Schema.json_schema`."""
        left, right = self.left.json_schema(), self.right.json_schema()
        if left.get("type") == "object" and set(right) == {"type", "additionalProperties"}:
            # An object that takes any further field, rather than two schemas of one object.
            return {**left, "additionalProperties": right["additionalProperties"]}
        return {"allOf": [left, right]}


def _is_about_keys(issue: Issue, path: Path) -> bool:
    if issue.unknown_keys:
        return issue.path == path
    return issue.invalid_key is not None and len(issue.path) == len(path) + 1


def _keys_that_both_refuse(left: list[Issue], right: list[Issue], path: Path) -> list[Issue]:
    about_keys = [[issue for issue in side if _is_about_keys(issue, path)] for side in (left, right)]
    refused = [
        dict.fromkeys(key for issue in side for key in (issue.unknown_keys or (str(issue.invalid_key),)))
        for side in about_keys
    ]
    both = [key for key in refused[0] if key in refused[1]]
    if not both:
        return []
    issues = [issue for side in about_keys for issue in side]
    first = next((issue for issue in issues if issue.unknown_keys), None)
    together = [key for key in both if first is not None and key in first.unknown_keys]
    found = [unrecognized(together, path)] if together else []
    for key in both:
        single = next((issue for issue in issues if issue.invalid_key == key), None)
        if key not in together and single is not None:
            found.append(single)
    return found


def _merged(left: Any, right: Any) -> Any:
    if isinstance(left, dict) and isinstance(right, dict):
        shared = {key: _merged(left[key], right[key]) for key in left if key in right}
        return {**left, **right, **shared}
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        return [_merged(one, other) for one, other in zip(left, right, strict=True)]
    if left is right or (left == right and isinstance(left, bool) is isinstance(right, bool)):
        return left
    raise UnmergeableError
