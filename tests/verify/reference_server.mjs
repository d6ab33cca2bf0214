// better-auth 1.7.25 with what the verifier can read: cookie cache, bearer and jwt plugins, and, if asked, Redis.
//   node reference_server.mjs '{"database": "postgresql://…", "secret": "…", "strategy": "compact", "redis": "/path/of/socket", "jwks": {…}}'
// Prints {"port": …}; ends when its standard input closes.
import { createServer } from "node:http";
import { createConnection } from "node:net";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const oracle = createRequire(new URL("../../contracts/oracle/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(oracle.resolve(name)).href);
const { betterAuth } = await load("better-auth");
const { getMigrations } = await load("better-auth/db/migration");
const { toNodeHandler } = await load("better-auth/node");
const { bearer, jwt } = await load("better-auth/plugins");
const { default: pg } = await load("pg");

process.env.TZ = "UTC";
const { database, secret, strategy, redis, jwks, port = 0 } = JSON.parse(process.argv[2]);

/** The few commands of the Redis protocol that @better-auth/redis-storage would send, one at a time. */
function redisStorage(path, prefix = "better-auth:") {
	const socket = createConnection(path), waiting = [];
	let buffer = "";
	socket.setEncoding("latin1").on("data", (data) => {
		buffer += data;
		for (;;) {
			const end = buffer.indexOf("\r\n");
			if (end < 0) return;
			const size = buffer[0] === "$" ? Number(buffer.slice(1, end)) : -1;
			if (size >= 0 && buffer.length < end + 4 + size) return;
			const value = size >= 0 ? Buffer.from(buffer.slice(end + 2, end + 2 + size), "latin1").toString() : null;
			buffer = buffer.slice(size >= 0 ? end + 4 + size : end + 2);
			waiting.shift()(value);
		}
	});
	const send = (...words) => new Promise((done) => {
		waiting.push(done);
		socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join("")}`);
	});
	return {
		get: (key) => send("GET", prefix + key),
		set: (key, value, ttl) => (ttl > 0 ? send("SETEX", prefix + key, ttl, value) : send("SET", prefix + key, value)),
		delete: (key) => send("DEL", prefix + key),
	};
}

const server = createServer((request, response) => handler(request, response));
await new Promise((done) => server.listen(port, "127.0.0.1", done));
const baseURL = `http://127.0.0.1:${server.address().port}`;
const options = {
	baseURL,
	secret,
	database: new pg.Pool({ connectionString: database, max: 4 }),
	emailAndPassword: { enabled: true, password: { hash: async (text) => `plain:${text}`, verify: async ({ hash, password }) => hash === `plain:${password}` } },
	session: { cookieCache: { enabled: strategy !== undefined, strategy } },
	user: { additionalFields: { favoriteColor: { type: "string", required: false } } },
	secondaryStorage: redis ? redisStorage(redis) : undefined,
	plugins: [bearer(), jwt({ jwks })],
	logger: { disabled: true },
	telemetry: { enabled: false },
	rateLimit: { enabled: false },
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
const auth = betterAuth(options);
await auth.$context;
const handler = toNodeHandler(auth);
process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
