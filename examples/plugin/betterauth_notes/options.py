"""The options. They are checked when they are loaded: a wrong name or type stops the start."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NotesOptions:
    max_notes: int = 100
    """How many notes a user may write in all; expired ones count."""
    kept_for: int = 30 * 24 * 60 * 60
    """Seconds until a note expires."""
    welcome: str | None = "Welcome!"
    """The title of the first note of a new user. None: there is none."""
