"""What a mail is: its name, its templates, and what they can use. Whoever sends a mail declares it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from re import compile as compile_pattern
from typing import Any, Final, Protocol, TypeVar

from betterauth_py.errors import ConfigurationError, suggest
from betterauth_py.options import Options
from betterauth_py.security_events import SecurityEvent

BUILT_IN: Final = Path(__file__).with_name("templates")
"""The templates of the core's mails, and the parts that all mails share."""
SAMPLE_USER: Final = {"id": "5kQ2m8YbW1xN7rT4vZ6cA9dE3fG0hJpL", "name": "Ada Lovelace", "email": "ada@example.com"}
"""The user of samples."""
SAMPLE_TOKEN: Final = "a-token-that-opens-nothing"
"""The token of samples."""
_NAME: Final = compile_pattern(r"[a-z0-9]+(-[a-z0-9]+)*")


class Kind(Protocol):
    """What a kind of mail and one of text message have in common."""

    @property
    def name(self) -> str:
        """The stem of its template files."""

    @property
    def purpose(self) -> str:
        """When it is sent, for people."""

    @property
    def templates(self) -> Path:
        """The folder of its templates."""


KindT = TypeVar("KindT", bound=Kind)


@dataclass(frozen=True, kw_only=True)
class MailKind:
    """One mail that the server can send."""

    name: str
    """The stem of its template files, such as `reset-password`; a plugin's begins with the plugin's id."""
    purpose: str
    """When it is sent, for people: the document and `betterauth mail preview` list it."""
    sample: Mapping[str, Any] = field(default_factory=lambda: {"user": SAMPLE_USER, "name": SAMPLE_USER["name"]})
    """Variables of the kind of those that a real mail has. Templates are tried with them when the server starts."""
    templates: Path = BUILT_IN
    """The folder of its templates: `<language>/<name>.subject.txt`, `<language>/<name>.txt` and, if it has HTML,
    `<language>/<name>.html`. A plugin's is beside its code: `Path(__file__).with_name("mail")`."""
    replaced_by: str | None = None
    """The option with the function of the deployment that takes its place."""
    from_options: Callable[[Options], Mapping[str, Any]] | None = None
    """Returns the variables that options decide, such as how long a link works."""
    events: Sequence[SecurityEvent] = ()
    """The security events that it tells the user of."""

    @property
    def option(self) -> str:
        """Its name under `mail.send`."""
        return self.name.replace("-", "_")


def sample_of(path: str | None = None, **more: Any) -> dict[str, Any]:
    """Return the sample of a mail to a user, with a link to a path under the base path if one is given."""
    link = {} if path is None else {"url": f"https://auth.example.com/api/auth/{path}", "token": SAMPLE_TOKEN}
    return {"user": SAMPLE_USER, "name": SAMPLE_USER["name"], **link, **more}


TEST: Final = MailKind(name="test", purpose="`betterauth mail test` sends it", sample={})
"""What `betterauth mail test` sends."""


def wanted_kinds(kinds: Iterable[MailKind], send: Mapping[str, bool]) -> list[MailKind]:
    """Return those of all kinds of mail that `mail.send` leaves on.

    Raises:
        ConfigurationError: if it names a mail that there is not, two mails have one name, or something is none.
    """
    made = "MailKind(name=..., purpose=...)"
    known = kinds_by_name((*kinds, TEST), MailKind, noun="mail", made=made, folder="mail")
    options = {kind.option for kind in known.values() if kind is not TEST}
    for name in send:
        if name not in options:
            hint = suggest(name.replace("-", "_"), sorted(options), "Mails")
            raise ConfigurationError(f"Option `mail.send.{name}`: there is no such mail. {hint}")
    return [kind for kind in known.values() if kind is not TEST and send.get(kind.option, True)]


def kinds_by_name(kinds: Iterable[Any], cls: type[KindT], *, noun: str, made: str, folder: str) -> dict[str, KindT]:
    """Return kinds of message by name.

    Args:
        kinds: what plugins declare.
        cls: the class that it has to be of.
        noun: what errors call one.
        made: how one is made.
        folder: the usual name of the folder of its templates.

    Raises:
        ConfigurationError: if something is of another class, has no folder of templates or no name, or two have one.
    """
    known: dict[str, KindT] = {}
    for kind in kinds:
        if not isinstance(kind, cls):
            raise ConfigurationError(f"{kind!r} is no {noun}. Make one with `{made}`.")
        templates: Any = kind.templates
        if not isinstance(templates, Path):
            raise ConfigurationError(
                f"The {noun} {kind.name!r} has no folder of templates. Give a path: "
                f'`templates=Path(__file__).with_name("{folder}")`.'
            )
        if not _NAME.fullmatch(kind.name) or kind.name in known:
            problem = "exists twice. Rename one" if kind.name in known else "needs a name such as notes-shared"
            raise ConfigurationError(f"The {noun} {kind.name!r} {problem}.")
        known[kind.name] = kind
    return known
