// The tables of one profile, as `auth generate` of better-auth 1.7.25 writes them for Drizzle on PostgreSQL:
// snake_case columns, `timestamp` without a zone, the same indexes, unique columns and cascades.
// Built at run time from the options, so that additional fields and renamed tables need no file on disk.

import { getAuthTables } from "better-auth/db";
import { bigint, boolean, integer, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { getTableConfig, PgDialect } from "drizzle-orm/pg-core";
import { is, sql, SQL } from "drizzle-orm";

const snakeCase = (name) =>
  name
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toLowerCase();

const uuids = (options) => options.advanced?.database?.generateId === "uuid";

function idColumn(options) {
  const id = uuids(options) ? uuid("id").default(sql`pg_catalog.gen_random_uuid()`) : text("id");
  return id.primaryKey();
}

function plainColumn(name, field, options) {
  if (field.references) return uuids(options) ? uuid(name) : text(name);
  if (Array.isArray(field.type)) return text(name);
  switch (field.type) {
    case "string":
      return text(name);
    case "boolean":
      return boolean(name);
    case "number":
      return field.bigint ? bigint(name, { mode: "number" }) : integer(name);
    case "date":
      return timestamp(name);
    case "string[]":
      return text(name).array();
    case "number[]":
      return field.bigint ? bigint(name, { mode: "number" }).array() : integer(name).array();
    case "json":
      return jsonb(name);
    default:
      throw new TypeError(`No column type for ${JSON.stringify(field.type)}`);
  }
}

function columnOf(name, field, options, idOf) {
  let column = plainColumn(snakeCase(name), field, options);
  const initial = field.defaultValue;
  if (typeof initial === "function") {
    if (field.type === "date" && initial.toString().includes("new Date()")) column = column.defaultNow();
  } else if (initial !== null && initial !== undefined) column = column.default(initial);
  if (field.type === "date" && typeof field.onUpdate === "function") column = column.$onUpdate(field.onUpdate);
  if (field.required !== false) column = column.notNull();
  if (field.unique) column = column.unique();
  if (field.references) {
    const { model, onDelete } = field.references;
    column = column.references(() => idOf(model), { onDelete: onDelete ?? "cascade" });
  }
  return column;
}

/** Drizzle tables keyed by model name, plus the plain index names each table needs. */
export function drizzleTables(options, models = getAuthTables(options)) {
  const tables = {};
  const indexes = [];
  const idOf = (model) => tables[models[model]?.modelName ?? model].id;
  for (const { modelName, fields, indexes: declared = [] } of Object.values(models)) {
    const columns = { id: idColumn(options) };
    const unique = declared.filter((index) => index.unique && index.fields.length === 1).flatMap((index) => index.fields);
    for (const [key, field] of Object.entries(fields)) {
      const name = field.fieldName || key;
      columns[name] = columnOf(name, { ...field, unique: field.unique || unique.includes(key) }, options, idOf);
      if (field.index && !field.unique) {
        indexes.push({ table: snakeCase(modelName), column: snakeCase(name), name: `${modelName}_${name}_idx` });
      }
    }
    tables[modelName] = pgTable(snakeCase(modelName), columns);
  }
  return { tables, indexes };
}

const quoted = (name) => `"${name.replaceAll('"', '""')}"`;

function literal(value) {
  if (is(value, SQL)) return new PgDialect().sqlToQuery(value).sql;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const plain = typeof value === "string" ? value : JSON.stringify(value);
  return `'${plain.replaceAll("'", "''")}'`;
}

function columnDefinition(column) {
  const parts = [quoted(column.name), column.getSQLType()];
  if (column.primary) parts.push("primary key");
  if (column.default !== undefined) parts.push(`default ${literal(column.default)}`);
  if (column.notNull) parts.push("not null");
  if (column.isUnique) parts.push(`constraint ${quoted(column.uniqueName)} unique`);
  return parts.join(" ");
}

/** The statements that create those tables in an empty schema. */
export function createStatements({ tables, indexes }) {
  const statements = [];
  const constraints = [];
  for (const table of Object.values(tables)) {
    const { name, columns, foreignKeys } = getTableConfig(table);
    statements.push(`create table ${quoted(name)} (${columns.map(columnDefinition).join(", ")})`);
    for (const key of foreignKeys) {
      const { columns: own, foreignTable, foreignColumns } = key.reference();
      constraints.push(
        `alter table ${quoted(name)} add constraint ${quoted(key.getName())} foreign key (${own.map((c) => quoted(c.name)).join(", ")}) ` +
          `references ${quoted(getTableConfig(foreignTable).name)} ` +
          `(${foreignColumns.map((c) => quoted(c.name)).join(", ")}) on delete ${key.onDelete}`,
      );
    }
  }
  for (const { name, table, column } of indexes) {
    constraints.push(`create index ${quoted(name)} on ${quoted(table)} (${quoted(column)})`);
  }
  return [...statements, ...constraints];
}
