"""What a text message is: its name and its templates. Whoever sends one declares it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from betterauth_py.mail.kinds import kinds_by_name


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
        ConfigurationError: if two have one name, one has none, or something is no text message.
    """
    made = "SmsKind(name=..., purpose=..., sample=..., templates=...)"
    return kinds_by_name((*kinds, TEST), SmsKind, noun="text message", made=made, folder="sms")
