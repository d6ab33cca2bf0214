"""The four core tables, as better-auth 1.7.25 has them.

Names and types follow the configured layout and renames; which columns there are is frozen here.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from betterauth_py.models.schema import Schema
from betterauth_py.models.tables import id_column, index_name, server_default, unique_name
from betterauth_py.models.types import column_type

revision = "0001_core"
down_revision = None
branch_labels = ("core",)
depends_on = None

MODELS: dict[str, tuple[str, ...]] = {
    "user": ("name", "email", "emailVerified", "image", "createdAt", "updatedAt"),
    "session": ("expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId"),
    "account": (
        "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt",
        "refreshTokenExpiresAt", "scope", "password", "createdAt", "updatedAt",
    ),
    "verification": ("identifier", "value", "expiresAt", "createdAt", "updatedAt"),
}  # fmt: skip
NULLABLE = {
    "image", "ipAddress", "userAgent", "accessToken", "refreshToken", "idToken", "accessTokenExpiresAt",
    "refreshTokenExpiresAt", "scope", "password",
}  # fmt: skip
UNIQUE = {("user", "email"), ("session", "token")}
INDEXED = (("session", "userId"), ("account", "userId"), ("verification", "identifier"))


def upgrade() -> None:
    """Create the tables and their indexes."""
    schema: Schema = op.get_context().opts["betterauth_schema"]
    for model, fields in MODELS.items():
        table = schema.table_name(model)
        elements: list[Any] = [id_column(schema, op.get_context().dialect.name)]
        elements += [_column(schema, model, field) for field in fields]
        elements.append(sa.PrimaryKeyConstraint("id", name=f"{table}_pkey"))
        unique = [schema.column_name(model, field) for unique_model, field in UNIQUE if unique_model == model]
        on_sqlite = op.get_context().dialect.name == "sqlite"
        if not on_sqlite:
            elements += [sa.UniqueConstraint(column, name=unique_name(table, column)) for column in unique]
        op.create_table(table, *elements, sqlite_autoincrement=schema.counts_ids)
        if on_sqlite:
            for column in unique:
                op.create_index(unique_name(table, column), table, [column], unique=True)
    for model, field in INDEXED:
        columns = [schema.column_name(model, field)]
        op.create_index(index_name(schema, model, field), schema.table_name(model), columns)


def downgrade() -> None:
    """Drop the tables, with everything in them."""
    schema: Schema = op.get_context().opts["betterauth_schema"]
    for model, field in INDEXED:
        op.drop_index(index_name(schema, model, field), schema.table_name(model))
    for model in reversed(MODELS):
        op.drop_table(schema.table_name(model))


def _column(schema: Schema, model: str, field: str) -> sa.Column[Any]:
    declared = schema.models[model].fields[field]
    arguments: list[Any] = [column_type(declared, schema.layout, counts_ids=schema.counts_ids)]
    if field == "userId":
        arguments.append(sa.ForeignKey(f"{schema.table_name('user')}.id", ondelete="CASCADE"))
    return sa.Column(
        schema.column_name(model, field),
        *arguments,
        nullable=field in NULLABLE,
        server_default=server_default(declared, schema, op.get_context().dialect.name),
    )
