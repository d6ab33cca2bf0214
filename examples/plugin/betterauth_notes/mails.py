"""The mail, with its templates in `mail/<language>/`. `betterauth mail preview notes-shared` shows it."""

from pathlib import Path

from betterauth_py.plugins import MailKind, sample_of

NOTE_SHARED = MailKind(
    name="notes-shared",
    purpose="somebody shares a note",
    sample=sample_of(title="Plans", sharer="Grace"),
    templates=Path(__file__).with_name("mail"),
)
