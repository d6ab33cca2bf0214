"""What `betterauth mail` and `betterauth sms` have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from betterauth_py.assembly.sources import load_service_options
from betterauth_py.errors import ConfigurationError
from betterauth_py.mail.kinds import Kind
from betterauth_py.mail.languages import choose_language
from betterauth_py.options import Options
from betterauth_py.options.deployment import decide_environment


def load_message_options(config: Path | None, in_development: Callable[[Options], Options]) -> Options:
    """Return the options of `betterauth serve`, as far as the messages are concerned that `in_development` is for."""
    options = load_service_options(config)
    return options if decide_environment(options)[0] == "production" else in_development(options)


def print_kinds(kinds: Iterable[Kind]) -> None:
    """Print a table of messages: name and purpose."""
    rows = [(kind.name, kind.purpose) for kind in kinds]
    width = max(len(name) for name, _ in rows)
    for name, purpose in rows:
        print(f"{name:<{width}}  {purpose}")


def find_language(known: Sequence[str], wanted: str, *, missing: str) -> str:
    """Return the one of the `known` languages that `wanted` finds: `de-AT` finds `de`.

    Raises:
        ConfigurationError: if it finds none; the text begins with `missing`.
    """
    found = choose_language(known, "", field=wanted, accept_language=None)
    if not found:
        raise ConfigurationError(f"{missing} in {wanted!r}. Languages: {', '.join(known)}.")
    return found
