"""The extension point: other plugins may add formats that notes are exported in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from betterauth_py.plugins import ExtensionPoint


@dataclass(frozen=True)
class NoteFormat:
    name: str
    write: Callable[[Sequence[Mapping[str, Any]]], str]


NOTE_FORMATS = ExtensionPoint("notes", "formats", NoteFormat)
TEXT = NoteFormat("text", lambda notes: "".join(f"{note['title']}\n" for note in notes))
