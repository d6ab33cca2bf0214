// Judges cookies and tokens as better-auth 1.7.25 does: {"judges": […], "cases": […]} on standard input, for each case
// {"headers", "verdict"} on standard output. In a case's cookie, SEALED stands for its `envelope`, signed here by what
// better-auth would sign, so that payloads which it spells otherwise are authentic as well.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const oracle = createRequire(new URL("../../contracts/oracle/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(oracle.resolve(name)).href);
const inside = (path) => import(new URL(`../../contracts/oracle/node_modules/${path}`, import.meta.url).href);
const { betterAuth } = await load("better-auth");
const { memoryAdapter } = await load("better-auth/adapters/memory");
const { bearer, jwt } = await load("better-auth/plugins");
const { safeJSONParse } = await inside("@better-auth/core/dist/utils/json.mjs");
const { parseCompactCookieCache } = await inside("better-auth/dist/cookies/cache.mjs");

const SystemDate = Date;
let clock = 0;
globalThis.Date = class extends SystemDate {
	constructor(...given) { given.length ? super(...given) : super(clock); }
	static now() { return clock; }
};

const { judges, cases } = JSON.parse(readFileSync(0, "utf8"));
const dated = (rows = []) => rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, key.endsWith("At") ? new SystemDate(value) : value])));
const made = judges.map(({ secret, cookieCache, requireSignature, users, sessions, keys }) => {
	const tables = { user: dated(users), session: dated(sessions), account: [], verification: [], jwks: dated(keys) };
	const plugins = [...(keys ? [jwt()] : []), ...(requireSignature === undefined ? [] : [bearer({ requireSignature })])];
	const quiet = { logger: { disabled: true }, telemetry: { enabled: false }, rateLimit: { enabled: false } };
	return { secret, tables, auth: betterAuth({ ...quiet, baseURL: "http://localhost:3000", secret, database: memoryAdapter(tables), plugins, session: { disableSessionRefresh: true, cookieCache } }) };
});

function sealed(text, secret) {
	const parsed = parseCompactCookieCache(safeJSONParse(text));
	const signature = parsed && createHmac("sha256", secret).update(JSON.stringify({ ...parsed.session, expiresAt: parsed.expiresAt })).digest("base64url");
	return Buffer.from(text.replace("SIGNATURE", signature ?? "")).toString("base64url");
}
async function verdict({ auth, tables }, { headers, token }) {
	const kept = tables.session.map((row) => ({ ...row }));
	try {
		if (token !== undefined) return (await auth.api.verifyJWT({ body: { token } })).payload ?? null;
		return (await auth.api.getSession({ headers: new Headers(headers) })) ?? null;
	} catch {
		// It breaks off with an error: no session.
		return null;
	} finally {
		tables.session.splice(0, tables.session.length, ...kept);
	}
}

const answers = [];
for (const one of cases) {
	const judge = made[one.judge];
	clock = one.at;
	if (one.envelope) one.headers.cookie = one.headers.cookie.replace("SEALED", sealed(one.envelope, judge.secret));
	answers.push({ headers: one.headers, verdict: await verdict(judge, one) });
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0));
