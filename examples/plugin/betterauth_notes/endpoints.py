"""The endpoints. Each is an HTTP path, a call in this process (`auth.api.add_note(...)`) and OpenAPI at once."""

from betterauth_notes.errors import NoteErrors
from betterauth_notes.formats import NOTE_FORMATS
from betterauth_notes.mails import NOTE_SHARED
from betterauth_notes.options import NotesOptions
from betterauth_py.plugins import (
    AnyOf,
    APIError,
    Reply,
    Security,
    Where,
    endpoint,
    harmless_name,
    send_mail,
    text_response,
    validation,
)

NOTE_SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}}


@endpoint(
    "/notes/add",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="addNote",
    body=validation.Object({"title": validation.String(min_length=1)}),
    reply=Reply("The note", NOTE_SCHEMA),
    errors=((403, NoteErrors.TOO_MANY_NOTES),),
)
async def add_note(ctx):
    """Write a note."""
    _, user = ctx.session
    note = await write_note(ctx.auth, user["id"], ctx.body["title"])
    if note is None:
        raise APIError.of(403, NoteErrors.TOO_MANY_NOTES)
    return note


@endpoint(
    "/notes/list",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="listNotes",
    reply=Reply("Your notes, the newest first", {"type": "array", "items": NOTE_SCHEMA}),
)
async def list_notes(ctx):
    """List your notes."""
    return await find_notes(ctx)


@endpoint(
    "/notes/export",
    methods=("GET",),
    security=Security.SESSION,
    operation_id="exportNotes",
    query=validation.Object({"format": validation.Default(validation.String(), lambda: "text")}),
    reply=Reply("Your notes", {"type": "string"}, media_type="text/plain"),
    errors=((400, NoteErrors.UNKNOWN_NOTE_FORMAT),),
)
async def export_notes(ctx):
    """Get your notes as text."""
    formats = {one.name: one for one in ctx.auth.extensions.get(NOTE_FORMATS)}
    if ctx.query["format"] not in formats:
        raise APIError.of(400, NoteErrors.UNKNOWN_NOTE_FORMAT)
    return text_response(200, formats[ctx.query["format"]].write(await find_notes(ctx)))


@endpoint(
    "/notes/share",
    methods=("POST",),
    security=Security.SESSION,
    operation_id="shareNote",
    body=validation.Object({"id": validation.String(), "email": validation.Email()}),
    reply=Reply("Done, whether or not somebody has this address", {"type": "object"}),
    errors=((404, NoteErrors.NOTE_NOT_FOUND),),
)
async def share_note(ctx):
    """Mail a note to another user."""
    rows, (_, user) = ctx.auth.rows, ctx.session
    # The owner is part of the question, so nobody reads the notes of others by guessing ids.
    note = await rows.find_one("note", Where("id", ctx.body["id"]), *own_and_live(ctx))
    if note is None:
        raise APIError.of(404, NoteErrors.NOTE_NOT_FOUND)
    address = ctx.body["email"].lower()
    other = await rows.find_one("user", Where("email", address))
    # What people write may be an advertisement with a link: mails repeat only what is harmless.
    words = {"title": harmless_name(note["title"]), "sharer": harmless_name(user["name"])}
    # The same work and the same answer for an address of nobody: it does not tell who has an account.
    send_mail(ctx, NOTE_SHARED, other or {"email": address}, words, pretend=other is None)
    return {"status": True}


def own_and_live(ctx):
    return Where("ownerId", ctx.session[1]["id"]), Where("expiresAt", ctx.auth.now(), "gt")


async def find_notes(ctx):
    return await ctx.auth.rows.find_many("note", *own_and_live(ctx), order_by="createdAt", descending=True)


async def write_note(auth, user_id, title):
    """Store a note and return it; None if the user has written enough."""
    options = auth.services.get(NotesOptions)
    # One statement asks and counts: however many requests come at once, no more get through.
    counted = await auth.rows.increment(
        "user",
        {"notesWritten": 1},
        Where("id", user_id),
        AnyOf(Where("notesWritten", None), Where("notesWritten", options.max_notes, "lt")),
    )
    if counted is None:
        return None
    note = {"id": auth.generate_id("note"), "title": title, "ownerId": user_id}
    times = {"createdAt": auth.now(), "expiresAt": auth.after(options.kept_for)}
    return await auth.rows.create("note", {**note, **times})
