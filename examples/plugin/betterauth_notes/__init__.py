"""Notes for the users of a betterauth-py server. Turn it on with `use = "betterauth_notes:notes"`."""

from betterauth_notes.formats import NOTE_FORMATS, NoteFormat
from betterauth_notes.options import NotesOptions
from betterauth_notes.plugin import notes

__all__ = ["NOTE_FORMATS", "NoteFormat", "NotesOptions", "notes"]
