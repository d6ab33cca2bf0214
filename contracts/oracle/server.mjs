// The reference: better-auth of npm behind plain node:http, driven by one profile at a time.
//
//   node server.mjs '{"port": 0, "database": "postgresql://…", "layout": "drizzle", "options": {…}}'
//
// "module" in the place of "options" is a file that exports them, as `betterauth conformance --print js` writes it.
// Prints {"port": …} when it listens, ends when its standard input closes. NODE_ENV comes from the environment,
// because better-auth reads it once. Everything under /__oracle/ belongs to the test, everything else to better-auth.

import { createServer } from "node:http";
import { sentOutside, setOutside } from "./outside.mjs";
import { redisStorage } from "@better-auth/redis-storage";
import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { drizzle } from "drizzle-orm/node-postgres";
import { Redis } from "ioredis";
import pg from "pg";
import { withFunctions } from "./callables.mjs";
import { everyFunction } from "./functions.mjs";
import { importMakers, withPlugins } from "./plugins.mjs";
import { createStatements, drizzleTables } from "./schema.mjs";

process.env.TZ = "UTC";

const TIMESTAMP = 1114;
const TIMESTAMP_WITH_ZONE = 1184;
const BIGINT = 20;

const argument = JSON.parse(process.argv[2] ?? process.env.ORACLE ?? "{}");
const mails = [];
const functions = everyFunction(mails);
let pool = null;
let client = null;
let answer = null;

/** Cells as the wire would show them: instants with milliseconds and Z, big integers as numbers. */
const readable = {
  getTypeParser(oid, format) {
    if (oid === TIMESTAMP) return (cell) => new Date(`${cell.replace(" ", "T")}Z`).toISOString();
    if (oid === TIMESTAMP_WITH_ZONE) return (cell) => new Date(cell).toISOString();
    if (oid === BIGINT) return Number;
    return pg.types.getTypeParser(oid, format);
  },
};

async function emptyDatabase() {
  await pool.query("drop schema public cascade; create schema public");
}

/** The option that better-auth expects: `secondaryStorage: redis` stands for the package's own storage. */
function secondaryStorage(redis) {
  client?.disconnect();
  client = redis ? new Redis(redis.path) : null;
  return client ? { secondaryStorage: redisStorage({ client, keyPrefix: redis.keyPrefix }) } : {};
}

async function rebuild({ options, sources = {}, layout = "drizzle", database, redis, outside }) {
  setOutside(outside);
  await sentOutside();
  if (database || !pool) {
    await pool?.end();
    pool = new pg.Pool({ connectionString: database ?? argument.database, max: 4 });
  }
  mails.length = 0;
  await emptyDatabase();
  const given = withPlugins(withFunctions(options, functions), await importMakers(sources));
  const profile = { logger: { disabled: true }, telemetry: { enabled: false }, ...given, ...secondaryStorage(redis) };
  if (layout === "none") {
    // better-auth then keeps its rows in the memory of this process.
  } else if (layout === "kysely") {
    profile.database = pool;
    const { runMigrations } = await getMigrations(profile);
    await runMigrations();
  } else {
    const schema = drizzleTables(profile);
    for (const statement of createStatements(schema)) await pool.query(statement);
    profile.database = drizzleAdapter(drizzle(pool, { schema: schema.tables }), {
      provider: "pg",
      schema: schema.tables,
    });
  }
  const auth = betterAuth(profile);
  await auth.$context;
  answer = toNodeHandler(auth);
}

const controls = {
  rebuild,
  async sql({ text, values = [] }) {
    const { rows, rowCount } = await pool.query({ text, values, types: readable });
    return { rows, rowCount };
  },
  mails: async () => ({ mails }),
  outside: async ({ declared }) => setOutside(declared),
  sent: async () => ({ sent: await sentOutside() }),
};

async function control(name, request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  return (await controls[name](body ? JSON.parse(body) : {})) ?? { ok: true };
}

const server = createServer((request, response) => {
  const match = /^\/__oracle\/(rebuild|sql|mails|outside|sent)$/.exec(request.url);
  if (!match) return answer(request, response);
  control(match[1], request).then(
    (result) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result)),
    (error) => response.writeHead(500, { "content-type": "text/plain" }).end(String(error?.stack ?? error)),
  );
});

if (argument.module) argument.options = (await import(argument.module)).options;
if (argument.options) await rebuild(argument);
server.listen(argument.port ?? 0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
