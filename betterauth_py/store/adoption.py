"""Checks that tables created by better-auth can be adopted: that everything works here, and as safely."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Column, Connection, Inspector, Table, func, inspect, literal, select, text

from betterauth_py.errors import DatabaseError
from betterauth_py.models.core import CORE_MODELS
from betterauth_py.models.fields import snake_case
from betterauth_py.models.tables import unique_name
from betterauth_py.store.database import Database
from betterauth_py.store.schema_state import SchemaState, model_of

_MIGRATE: Final = "betterauth migrate --adopt"
# Columns of plugins that block users, and the plugin that enforces each.
_GUARDS: Final = {"banned": "admin", "twoFactorEnabled": "two-factor"}
_OF_SYSTEM: Final = ("pg_", "information_schema")


def refuse_unproven(connection: Connection, database: Database, state: SchemaState, *, adopt: bool) -> None:
    """Accept a database without tables of unknown origin or, with `adopt`, with tables that fit.

    Raises:
        DatabaseError: naming each table and column that does not fit, and what to do about it.
    """
    if not adopt:
        if state.present_core_tables:
            raise DatabaseError(
                f"The database has tables that this server did not make: {', '.join(state.present_core_tables)}. If "
                f"better-auth made them, run: {_MIGRATE}. Otherwise use another database."
            )
        return
    hints = " ".join(_hints(inspect(connection), database, state))
    if not state.present_core_tables:
        raise DatabaseError(f"There is nothing to adopt: no table is named as those of better-auth. {hints}".strip())
    # Columns of a plugin's table may be younger than that table; they are added afterwards.
    if state.missing_core_tables or state.missing_core_columns or state.mismatched_columns or state.unfilled_ids:
        raise DatabaseError(f"The database cannot be adopted ({state.problems}). {hints}")
    findings = [*_findings(connection, database)]
    if findings:
        raise DatabaseError(f"The database cannot be adopted. {' '.join(findings)} Nothing was changed.")


def has_own_hashes(connection: Connection, database: Database) -> bool:
    """Return whether a password is stored that better-auth cannot read."""
    password = database.table("account").c.password
    return connection.execute(select(literal(1)).where(password.startswith("$argon2")).limit(1)).first() is not None


def _findings(connection: Connection, database: Database) -> Iterator[str]:
    inspector = inspect(connection)
    existing = set(inspector.get_table_names())
    for table in database.metadata.sorted_tables:
        if table.name in existing:
            found = {column["name"]: column for column in inspector.get_columns(table.name)}
            yield from _unfilled(connection, table, found)
            yield from _not_unique(connection, database, inspector, table)
    yield from _capitals(connection, database)
    yield from _unhonoured(connection, database, inspector)


def _unfilled(connection: Connection, table: Table, found: dict[str, Any]) -> Iterator[str]:
    """Find required columns for which this server has no value."""
    optional = {column.name for column in table.columns if column.nullable}
    own = {column.name for column in table.columns}
    for name, column in found.items():
        is_filled = column["nullable"] or column.get("default") is not None
        if is_filled or column.get("identity") or column.get("computed") or (name in own and name not in optional):
            continue
        origin = " (better-auth 1.7.0 to 1.7.2 made it; later versions do not have it)" if name == "issuer" else ""
        yield (
            f"The column {table.name}.{name}{origin} is required and has no default, and this server has no value "
            f"for it. {_let_be_null(connection, table, name)} Or turn on the plugin or option that fills it."
        )


def _let_be_null(connection: Connection, table: Table, name: str) -> str:
    quote = connection.dialect.identifier_preparer.quote
    if connection.dialect.name == "sqlite":
        return f"Drop it: ALTER TABLE {quote(table.name)} DROP COLUMN {quote(name)};"
    return f"Make it optional: ALTER TABLE {quote(table.name)} ALTER COLUMN {quote(name)} DROP NOT NULL;"


def _not_unique(connection: Connection, database: Database, inspector: Inspector, table: Table) -> Iterator[str]:
    fields = database.schema.models[model_of(database, table)].fields
    unique = _unique_columns(connection, inspector, table)
    for column in table.columns:
        if (column.key == "id" or fields[column.key].unique) and column.name not in unique:
            quote = connection.dialect.identifier_preparer.quote
            yield (
                f"The column {table.name}.{column.name} has no unique key{_with_doubles(connection, column)}. Add one: "
                f"CREATE UNIQUE INDEX {quote(unique_name(table.name, column.name))} ON {quote(table.name)} "
                f"({quote(column.name)});"
            )


def _unique_columns(connection: Connection, inspector: Inspector, table: Table) -> set[str | None]:
    keys: list[list[Any]] = [inspector.get_pk_constraint(table.name)["constrained_columns"]]
    keys += [list(constraint["column_names"]) for constraint in inspector.get_unique_constraints(table.name)]
    # SQLite implements unique constraints as automatic indexes.
    for index in inspector.get_indexes(table.name, include_auto_indexes=True):
        is_partial = index.get("dialect_options", {}).get(f"{connection.dialect.name}_where") is not None
        if index["unique"] and not is_partial:
            keys.append(index["column_names"])
    return {key[0] for key in keys if len(key) == 1}


def _with_doubles(connection: Connection, column: Column[Any]) -> str:
    several = select(column).group_by(column).having(func.count() > 1).subquery()
    count = connection.execute(select(func.count()).select_from(several)).scalar_one()
    return f", and {count} of its values occur more than once" if count else ""


def _capitals(connection: Connection, database: Database) -> Iterator[str]:
    email = database.table("user").c.email
    count = connection.execute(select(func.count()).where(email != func.lower(email))).scalar_one()
    if not count:
        return
    folded = select(func.lower(email)).group_by(func.lower(email)).having(func.count() > 1).subquery()
    collisions = connection.execute(select(func.count()).select_from(folded)).scalar_one()
    quote = connection.dialect.identifier_preparer.quote
    table, column = quote(email.table.name), quote(email.name)
    change = f"UPDATE {table} SET {column} = lower({column});"  # noqa: S608 - for people to run
    first = (
        f"First decide who keeps each of the {collisions} addresses that differ by case alone. " if collisions else ""
    )
    yield (
        f"{count} addresses in {email.table.name}.{email.name} have capitals, and no sign-in finds them: addresses are "
        f"looked up in lower case. {first}Change them: {change}"
    )


def _unhonoured(connection: Connection, database: Database, inspector: Inspector) -> Iterator[str]:
    """Find users that are blocked only by a plugin that is off."""
    table = database.table("user")
    quote = connection.dialect.identifier_preparer.quote
    found = {column["name"] for column in inspector.get_columns(table.name)}
    for field, plugin in _GUARDS.items():
        for name in sorted({field, snake_case(field)} & found):
            if plugin in database.schema.plugins:
                continue
            column, users = quote(name), quote(table.name)
            # Boolean or a number, by the database.
            them = f"FROM {users} WHERE CAST({column} AS text) IN ('true', '1')"
            count = connection.execute(text(f"SELECT count(*) {them}")).scalar_one()
            if count:
                yield (
                    f"The column {table.name}.{name} is true for {count} users, and only the plugin {plugin} honours "
                    f"it: without it, they sign in as if it were not. Turn the plugin on, or decide about these users "
                    f"first: SELECT * {them};"
                )


def _hints(inspector: Inspector, database: Database, state: SchemaState) -> Iterator[str]:
    if state.kind_of_ids:
        yield (
            f"The ids are of another kind: set `advanced.database.generate_id` to {state.kind_of_ids}, as "
            "better-auth's `generateId` was."
        )
    existing = set(inspector.get_table_names())
    renamed = _renamed_tables(database, state, existing)
    yield from renamed
    other = _other_layout(inspector, database, state)
    if other:
        yield other
    schemas = list(_other_schemas(inspector, database))
    yield from schemas
    if not (state.kind_of_ids or renamed or other or schemas):
        yield (
            "Check the options `database.layout` (drizzle: snake_case, better-auth: camelCase), `model_name` and "
            "`fields`, and the database that DATABASE_URL names."
        )


def _renamed_tables(database: Database, state: SchemaState, existing: set[str]) -> list[str]:
    """Find tables under a plural name, or in other case."""
    hints = []
    for model in CORE_MODELS:
        name = database.schema.table_name(model)
        others = [other for other in existing - {name} if other.lower() in {model.lower(), f"{model.lower()}s"}]
        if name not in existing and others:
            hints.append(f'The table {sorted(others)[0]} may be it: set `{model}.model_name` to "{sorted(others)[0]}".')
    return hints


def _other_layout(inspector: Inspector, database: Database, state: SchemaState) -> str | None:
    layout = database.schema.layout
    other = "better-auth" if layout == "drizzle" else "drizzle"
    for name in state.present_core_tables:
        table = next(table for table in database.metadata.sorted_tables if table.name == name)
        found = {column["name"] for column in inspector.get_columns(name)}
        for column in table.columns:
            spelled = column.key if layout == "drizzle" else snake_case(column.key)
            if column.name not in found and spelled in found:
                case = "camelCase" if layout == "drizzle" else "snake_case"
                return f'The columns are {case} ({name}.{spelled}): set `database.layout` to "{other}".'
    return None


def _other_schemas(inspector: Inspector, database: Database) -> Iterator[str]:
    if database.url.dialect != "postgresql":
        return
    wanted = {database.schema.table_name(model) for model in CORE_MODELS}
    for schema in inspector.get_schema_names():
        if schema.startswith(_OF_SYSTEM) or schema == inspector.default_schema_name:
            continue
        if len(wanted & set(inspector.get_table_names(schema))) > 1:
            yield f"The schema {schema} has such tables: add ?schema={schema} to DATABASE_URL."
