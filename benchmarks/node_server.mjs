// better-auth on Node as its documentation sets it up: a pg Pool (which better-auth drives with Kysely), its own
// migrations, toNodeHandler behind node:http. Every option not written here is its default.
//
//   node node_server.mjs '{"modules": "<folder with node_modules>", "database": "postgresql://…", "secret": "…",
//                          "port": 4000, "cookieCache": false, "migrate": false}'
//
// With "migrate" it makes the tables and ends.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const settings = JSON.parse(process.argv[2]);
const installed = createRequire(join(settings.modules, "package.json"));
const load = (name) => import(pathToFileURL(installed.resolve(name)).href);
const { betterAuth } = await load("better-auth");
const { toNodeHandler } = await load("better-auth/node");
const pg = (await load("pg")).default;

const options = {
  baseURL: `http://127.0.0.1:${settings.port}`,
  secret: settings.secret,
  database: new pg.Pool({ connectionString: settings.database }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  ...(settings.gitlab && {
    socialProviders: { gitlab: { clientId: "id", clientSecret: "secret", issuer: settings.gitlab } },
  }),
  ...(settings.cookieCache && { session: { cookieCache: { enabled: true } } }),
};

if (settings.migrate) {
  const { getMigrations } = await load("better-auth/db/migration");
  await (await getMigrations(options)).runMigrations();
  await options.database.end();
} else {
  createServer(toNodeHandler(betterAuth(options))).listen(settings.port, "127.0.0.1");
}
