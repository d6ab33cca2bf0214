"""The errors. A client gets `{"code": "NOTE_NOT_FOUND", "message": "Note not found"}`."""

from betterauth_py.plugins import ErrorCodes, declare


class NoteErrors(ErrorCodes):
    TOO_MANY_NOTES = declare("You have written enough notes")
    NOTE_NOT_FOUND = declare("Note not found")
    UNKNOWN_NOTE_FORMAT = declare("Unknown format")
