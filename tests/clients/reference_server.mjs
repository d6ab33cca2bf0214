// better-auth itself, on Node: what the client's trace against our server is compared with.
// Usage: BETTER_AUTH_SECRET=... node reference_server.mjs PORT [TRUSTED_ORIGIN ...]
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";

const [port, ...trustedOrigins] = process.argv.slice(2);

const auth = betterAuth({
  baseURL: `http://localhost:${port}`,
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  emailAndPassword: { enabled: true },
  // The memory adapter drops a column without a value; every SQL adapter answers null, as this does.
  databaseHooks: { user: { create: { before: async (user) => ({ data: { ...user, image: user.image ?? null } }) } } },
  trustedOrigins,
  rateLimit: { enabled: false },
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
