"""What a text message is: its name and its templates. Whoever sends one declares it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from re import compile as compile_pattern
from typing import Any, Final

from betterauth_py.errors import ConfigurationError

_NAME: Final = compile_pattern(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class SmsKind:
    """One text message that the server can send."""

    name: str
    """The stem of its template files; it begins with the plugin's id, such as `phone-number-code`."""
    purpose: str
    """When it is sent, for people: `betterauth sms preview` lists it."""
    sample: Mapping[str, Any]
    """Variables of the kind of those that a real message has. A deployer's templates are tried with them when the
    server starts."""
    templates: Path
    """The folder of its templates, `<language>/<name>.txt`: `Path(__file__).with_name("sms")`."""


TEST: Final = SmsKind(
    name="test",
    purpose="`betterauth sms test` sends it",
    sample={},
    templates=Path(__file__).with_name("templates"),
)
"""What `betterauth sms test` sends."""


def checked_kinds(kinds: Iterable[SmsKind]) -> dict[str, SmsKind]:
    """Return the kinds by name, with the test message.

    Raises:
        ConfigurationError: if two have one name, or one has none.
    """
    known: dict[str, SmsKind] = {}
    for kind in (*kinds, TEST):
        if not _NAME.fullmatch(kind.name) or kind.name in known:
            problem = "exists twice. Rename one" if kind.name in known else "needs a name such as notes-shared"
            raise ConfigurationError(f"The text message {kind.name!r} {problem}.")
        known[kind.name] = kind
    return known
