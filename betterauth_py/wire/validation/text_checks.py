"""Checks of the format of a string."""

from __future__ import annotations

from dataclasses import dataclass
from re import Pattern
from typing import Any, Final

from betterauth_py.javascript.values import trim
from betterauth_py.urls.parsing import parse_url
from betterauth_py.wire.validation.checks import Check
from betterauth_py.wire.validation.formats import is_email, is_uuid
from betterauth_py.wire.validation.schema import Issue, JSONSchema, Path

_URL_LOSES: Final = str.maketrans("", "", "\t\n\r")


@dataclass(frozen=True, slots=True)
class _Format(Check):
    """A string of one format."""

    message: str | None = None
    default_message: str = ""

    def fits(self, text: str) -> bool:
        """Return whether the string has the format."""
        raise NotImplementedError

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if not self.fits(value):
            issues.append(Issue(path, self.message or self.default_message))
        return value


@dataclass(frozen=True, slots=True)
class EmailAddress(_Format):
    """An e-mail address by zod's regular expression."""

    default_message: str = "Invalid email address"

    def fits(self, text: str) -> bool:
        """See `_Format.fits`."""
        return is_email(text)

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        schema["format"] = "email"


@dataclass(frozen=True, slots=True)
class UUID(_Format):
    """A UUID of RFC 9562, versions 1 to 8, or the nil or max UUID."""

    default_message: str = "Invalid UUID"

    def fits(self, text: str) -> bool:
        """See `_Format.fits`."""
        return is_uuid(text)

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        schema["format"] = "uuid"


@dataclass(frozen=True, slots=True)
class URL(_Format):
    """A URL by the WHATWG's parser. Surrounding white space, tabs and line breaks are removed, as zod does."""

    default_message: str = "Invalid URL"

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        trimmed = trim(value)
        if parse_url(trimmed) is None:
            issues.append(Issue(path, self.message or self.default_message))
            return value
        return trimmed.translate(_URL_LOSES)

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        schema["format"] = "uri"


@dataclass(frozen=True, slots=True)
class Matches(Check):
    """A string in which the regular expression matches; `shown` is its JavaScript notation for the message."""

    pattern: Pattern[str]
    shown: str
    message: str | None = None

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if self.pattern.search(value) is None:
            issues.append(Issue(path, self.message or f"Invalid string: must match pattern {self.shown}"))
        return value

    def describe(self, schema: JSONSchema) -> None:
        """See `Check.describe`."""
        schema["pattern"] = self.shown.strip("/")


@dataclass(frozen=True, slots=True)
class StartsWith(Check):
    """A string that starts with another."""

    prefix: str
    message: str | None = None

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if not value.startswith(self.prefix):
            issues.append(Issue(path, self.message or f'Invalid string: must start with "{self.prefix}"'))
        return value


@dataclass(frozen=True, slots=True)
class EndsWith(Check):
    """A string that ends with another."""

    suffix: str
    message: str | None = None

    def apply(self, value: Any, path: Path, issues: list[Issue]) -> Any:
        """See `Check.apply`."""
        if not value.endswith(self.suffix):
            issues.append(Issue(path, self.message or f'Invalid string: must end with "{self.suffix}"'))
        return value
