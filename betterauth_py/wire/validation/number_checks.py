"""Checks of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from betterauth_py.javascript.plain_json import number_text
from betterauth_py.wire.validation.checks import Check
from betterauth_py.wire.validation.schema import Continuation, Issue, JSONSchema, Path, wrong_type

_MAX_SAFE_INTEGER: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Minimum(Check):
    """A number that is not smaller; without `inclusive`, one that is greater."""

    minimum: int | float
    inclusive: bool = True
    message: str | None = None

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if not (value >= self.minimum if self.inclusive else value > self.minimum):
            relation = ">=" if self.inclusive else ">"
            text = f"Too small: expected number to be {relation}{number_text(float(self.minimum))}"
            issues.append(Issue(path, self.message or text))
        return value

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        schema["minimum" if self.inclusive else "exclusiveMinimum"] = self.minimum


@dataclass(frozen=True, slots=True)
class Maximum(Check):
    """A number that is not greater; without `inclusive`, one that is smaller."""

    maximum: int | float
    inclusive: bool = True
    message: str | None = None

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if not (value <= self.maximum if self.inclusive else value < self.maximum):
            relation = "<=" if self.inclusive else "<"
            text = f"Too big: expected number to be {relation}{number_text(float(self.maximum))}"
            issues.append(Issue(path, self.message or text))
        return value

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        schema["maximum" if self.inclusive else "exclusiveMaximum"] = self.maximum


@dataclass(frozen=True, slots=True)
class Integer(Check):
    """A whole number that JavaScript represents exactly."""

    message: str | None = None

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if value != int(value):
            issue = wrong_type("int", value, path, Continuation.NO)
            issues.append(Issue(path, self.message, Continuation.NO) if self.message else issue)
        elif abs(value) > _MAX_SAFE_INTEGER:
            verdict, limit = ("big", f"<={_MAX_SAFE_INTEGER}") if value > 0 else ("small", f">=-{_MAX_SAFE_INTEGER}")
            issues.append(Issue(path, self.message or f"Too {verdict}: expected int to be {limit}"))
        return value

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        schema["type"] = "integer"
