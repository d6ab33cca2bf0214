"""The plugin: one value that says what it has."""

from betterauth_notes.endpoints import add_note, export_notes, list_notes, share_note, write_note
from betterauth_notes.errors import NoteErrors
from betterauth_notes.formats import NOTE_FORMATS, TEXT
from betterauth_notes.mails import NOTE_SHARED
from betterauth_notes.options import NotesOptions
from betterauth_notes.tables import NOTE, USER_COLUMNS
from betterauth_py.plugins import Contributions, Hook, PathRule, Plugin, RateLimitRule, Where, plugin_factory


async def welcome(ctx):
    """Give a new user a first note. It returns nothing, so the answer stays as it is."""
    title = ctx.auth.services.get(NotesOptions).welcome
    if title is not None and ctx.new_session is not None:
        await write_note(ctx.auth, ctx.new_session[1]["id"], title)


async def delete_expired(auth):
    """Delete notes that expired while the server was off. What a `start` raises stops the start."""
    await auth.rows.delete_many("note", Where("expiresAt", auth.now(), "lte"))


@plugin_factory(NotesOptions)
def notes(options: NotesOptions) -> Plugin:
    return Plugin(
        id="notes",
        endpoints=[add_note, list_notes, export_notes, share_note],
        schema={"note": NOTE},
        columns={"user": USER_COLUMNS},
        after=[Hook(handler=welcome, paths=("/sign-up/email",))],
        rate_limit=[PathRule(matcher=lambda path: path == "/notes/share", rule=RateLimitRule(window=60, max=3))],
        error_codes=NoteErrors,
        mails=[NOTE_SHARED],
        extension_points=[NOTE_FORMATS],
        extends=[NOTE_FORMATS.add(TEXT)],
        setup=lambda auth: Contributions(services={NotesOptions: options}),
        start=delete_expired,
    )
