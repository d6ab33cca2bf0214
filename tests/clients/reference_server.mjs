// better-auth itself, on Node: what the client's trace against our server is compared with.
// Usage: BETTER_AUTH_SECRET=... node reference_server.mjs PORT OPTIONS_AS_JSON MAILS_FILE PLUGINS_AS_JSON
// PLUGINS_AS_JSON has the package and the export of each plugin by its id, as betterauth_py/plugins/registry.py does.
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getAuthTables } from "better-auth/db";
import { toNodeHandler } from "better-auth/node";
import { withFunctions } from "../../contracts/oracle/callables.mjs";
import { everyFunction } from "../../contracts/oracle/functions.mjs";
import { withPlugins } from "../../contracts/oracle/plugins.mjs";

const [port, options, mailsFile, sources] = process.argv.slice(2);
const mails = { push: (mail) => appendFileSync(mailsFile, `${JSON.stringify(mail)}\n`) };
const profile = withFunctions(JSON.parse(options), everyFunction(mails));
const { trustedOrigins } = profile;

/**
 * The memory adapter drops a column without a value; every SQL adapter answers null, as this does, within transactions
 * too. Drizzle writes `onUpdate` at the insert as well.
 */
function withNulls(declared, factory) {
  const nullable = ([, field]) => field.required !== true && field.defaultValue === undefined;
  const columns = (model) => Object.entries(declared[model]?.fields ?? {}).filter(nullable);
  const empty = (model) => Object.fromEntries(columns(model).map(([name, { onUpdate }]) => [name, onUpdate?.() ?? null]));
  const defined = (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
  const wrapped = (adapter) => ({
    ...adapter,
    create: (input) => adapter.create({ ...input, data: { ...empty(input.model), ...defined(input.data) } }),
    transaction: (run) => adapter.transaction((within) => run(wrapped(within))),
  });
  return (options) => wrapped(factory(options));
}

const known = JSON.parse(sources);
const makers = Object.entries(known).map(async ([id, one]) => [id, (await import(one.package))[one.export]]);
const { plugins } = withPlugins({ plugins: {}, ...profile }, Object.fromEntries(await Promise.all(makers)));
const declared = getAuthTables({ ...profile, plugins });
const tables = Object.values(declared).map(({ modelName }) => [modelName, []]);

const auth = betterAuth({
  ...profile,
  database: withNulls(declared, memoryAdapter(Object.fromEntries(tables))),
  plugins,
  telemetry: { enabled: false },
  logger: { disabled: true },
});
const handle = toNodeHandler(auth);

// better-auth leaves CORS to the application around it; these are the headers its documentation asks for.
function allowOrigin(request, response) {
  const { origin } = request.headers;
  response.setHeader("Vary", "Origin");
  if (!trustedOrigins.includes(origin)) return;
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Allow-Credentials", "true");
  if (request.method !== "OPTIONS") return;
  response.setHeader("Access-Control-Allow-Methods", "GET, POST");
  response.setHeader("Access-Control-Allow-Headers", "Content-Type");
}

const server = createServer((request, response) => {
  if (request.url === "/health/ready") return response.end("ready");
  allowOrigin(request, response);
  if (request.method === "OPTIONS") return response.writeHead(204).end();
  return handle(request, response);
});

server.listen(Number(port), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
