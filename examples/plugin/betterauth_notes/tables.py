"""The table, and the column of the core's user table. `betterauth migrate` adds both."""

from betterauth_py.plugins import Field, FieldReference, Model

NOTE = Model(
    name="note",
    expires="expiresAt",  # `betterauth cleanup` deletes rows from then on
    fields={
        "title": Field(),
        "ownerId": Field(index=True, references=FieldReference(model="user", field="id", on_delete="cascade")),
        "createdAt": Field(type="date"),
        "expiresAt": Field(type="date", index=True),
    },
)
# Not required, so that it can be added to a table with users. `input=False`: no client may send it.
USER_COLUMNS = {"notesWritten": Field(type="number", required=False, input=False, returned=False)}
