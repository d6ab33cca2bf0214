// better-auth on Node on a database that outlives it, run with contracts/oracle as the working directory:
//
//   node --input-type=module --eval "$(cat better_auth.mjs)" '{"database": "postgresql://…", "layout": "drizzle",
//        "make": true, "serve": true, "options": {…}}'
//
// `make` creates the tables as `auth generate` (layout drizzle) or better-auth's own migrations (layout kysely) would.
// `package` is the name under which better-auth is installed, such as `better-auth-1.7.7` for an earlier version.
// `serve` prints {"port": …} and answers until standard input closes. Layout `kysely-sqlite` prints the SQL of
// better-auth's migrations for an empty SQLite database, without one.

import { createServer } from "node:http";
import { redisStorage } from "@better-auth/redis-storage";
import { drizzle } from "drizzle-orm/node-postgres";
import { Redis } from "ioredis";
import { DummyDriver, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from "kysely";
import pg from "pg";
import { importMakers, withPlugins } from "./plugins.mjs";
import { createStatements, drizzleTables } from "./schema.mjs";

process.env.TZ = "UTC";

const { database, layout, package: name, make = false, serve = false, options, sources = {} } = JSON.parse(process.argv.at(-1));
const { betterAuth } = await import(name);
const { drizzleAdapter } = await import(`${name}/adapters/drizzle`);
const { getAuthTables } = await import(`${name}/db`);
const { getMigrations } = await import(`${name}/db/migration`);
const { toNodeHandler } = await import(`${name}/node`);
const profile = {
  logger: { disabled: true },
  telemetry: { enabled: false },
  ...withPlugins(options, await importMakers(sources)),
};
if (typeof profile.secondaryStorage === "string") {
  // The path of a Redis server's socket.
  profile.secondaryStorage = redisStorage({ client: new Redis(profile.secondaryStorage) });
}
if (profile.emailAndPassword.sendResetPassword === true) profile.emailAndPassword.sendResetPassword = async () => {};

if (layout === "kysely-sqlite") {
  const dialect = {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  const { compileMigrations } = await getMigrations({ ...profile, database: { dialect, type: "sqlite" } });
  process.stdout.write(await compileMigrations());
  process.exit(0);
}

const pool = new pg.Pool({ connectionString: database, max: 4 });
if (layout === "kysely") {
  profile.database = pool;
  if (make) await (await getMigrations(profile)).runMigrations();
} else {
  const schema = drizzleTables(profile, getAuthTables(profile));
  if (make) for (const statement of createStatements(schema)) await pool.query(statement);
  profile.database = drizzleAdapter(drizzle(pool, { schema: schema.tables }), { provider: "pg", schema: schema.tables });
}

if (serve) {
  const server = createServer(toNodeHandler(betterAuth(profile)));
  server.listen(0, "127.0.0.1", () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
} else {
  await pool.end();
  process.exit(0);
}
