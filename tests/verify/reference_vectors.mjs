// Asks better-auth 1.7.25 whether it believes cookies and tokens, good ones and near misses, and prints its verdicts:
//   node tests/verify/reference_vectors.mjs > tests/verify/reference_vectors.json
// The packages are those of contracts/oracle (npm ci there). The clock is the script's own; keys and ids are random.
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const oracle = createRequire(new URL("../../contracts/oracle/package.json", import.meta.url));
const load = (name, from = oracle) => import(pathToFileURL(from.resolve(name)).href);
const { betterAuth } = await load("better-auth");
const { memoryAdapter } = await load("better-auth/adapters/memory");
const { jwt } = await load("better-auth/plugins");
const jose = await load("jose");

const SystemDate = Date;
const START = SystemDate.UTC(2026, 10, 21, 8, 0, 0, 250);
let clock = START;
globalThis.Date = class extends SystemDate {
	constructor(...given) { given.length ? super(...given) : super(clock); }
	static now() { return clock; }
};

const SECRET = "wT5mOQpYyJ3s8r2vKx7uZ1aB4cD6eF9g";
const OTHER = "Jx2p9Wq7Lr4Tn6Vb8Zc1Ym3Kd5Hf0GsE";
const silent = { logger: { disabled: true }, telemetry: { enabled: false }, rateLimit: { enabled: false } };
const base = { ...silent, baseURL: "http://localhost:3000", secret: SECRET, emailAndPassword: { enabled: true, password: { hash: async () => "x", verify: async () => true } } };
const emptyTables = () => ({ user: [], session: [], account: [], verification: [], jwks: [] });

async function signUp(auth, email, more = {}) {
	const request = new Request(`${auth.options.baseURL}/api/auth/sign-up/email`, { method: "POST", headers: { "content-type": "application/json", origin: auth.options.baseURL }, body: JSON.stringify({ name: "Ada Ä😀", email, password: "correct horse", ...more }) });
	const response = await auth.handler(request);
	if (response.status !== 200) throw new Error(await response.text());
	return Object.fromEntries(response.headers.getSetCookie().map((cookie) => { const [pair] = cookie.split(";"); const at = pair.indexOf("="); return [pair.slice(0, at), pair.slice(at + 1)]; }));
}
const header = (jar) => Object.entries(jar).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${value}`).join("; ");
async function verdict(auth, cookie, at) {
	clock = at;
	try { return (await auth.api.getSession({ headers: new Headers({ cookie }) })) ?? null; } catch (error) { return `error: ${error.message}`; } finally { clock = START; }
}
const flip = (text, index) => { const at = index < 0 ? text.length + index : index; return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1); };
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const escaped = (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
const decoded = (value) => decodeURIComponent(value);
const b64u = (text) => Buffer.from(text).toString("base64url");
const sign64 = (value, secret = SECRET) => encodeURIComponent(`${value}.${createHmac("sha256", secret).update(value).digest("base64")}`);

// What only `session_token` decides: how it may be spelled.
function tokenCases(name, value, otherValue) {
	const plain = decoded(value), token = plain.slice(0, plain.lastIndexOf(".")), signature = plain.slice(plain.lastIndexOf(".") + 1);
	const of = (text) => `${name}=${text}`;
	return {
		good: of(value), decoded: of(plain), quoted: of(`"${value}"`), "quoted and decoded": of(`"${plain}"`), spaced: ` ${name} =  ${value} ; x=y`, "wholly escaped": of(escaped(plain)),
		"lower-case escapes": of(value.replaceAll("%2B", "%2b").replaceAll("%2F", "%2f").replaceAll("%3D", "%3d")), "escaped twice": of(encodeURIComponent(value)), "broken escape": of(`${value}%`), "flipped bit of the token": of(flip(value, 3)), "flipped first bit of the signature": of(`${token}.${flip(signature, 0)}`),
		"unused bits of the signature": of(`${token}.${signature.slice(0, 42)}${alphabet[alphabet.indexOf(signature[42]) ^ 1]}=`), "signature in base64url": of(`${token}.${signature.replaceAll("+", "-").replaceAll("/", "_")}`), "no padding": of(`${token}.${signature.slice(0, -1)}`), truncated: of(value.slice(0, -4)), "token only": of(token),
		"empty signature": of(`${token}.`), "wrong secret": of(sign64(token, OTHER)), "unknown token, well signed": of(sign64("x".repeat(32))), "empty token": of(sign64("")), "empty": of(""), "first of two counts": `${of(value)}; ${of(otherValue)}`, "second of two": `${of("x.y")}; ${of(value)}`,
		"after a stray semicolon": `;; a; ${of(value)}`, "after a pair without a name": `=x; ${of(value)}`, "name in other case": of(value).replace("session_token", "Session_Token"), "with the prefix of https": `__Secure-${of(value)}`, "with another prefix": of(value).replace("better-auth", "better-auths"), "joined by a comma": `a=b, ${of(value)}`,
		"trailing space in quotes": of(`"${value} "`), "half quoted": of(`"${value}`), "a NUL in the token": of(sign64("x\0y")), "null": of("null"), "signed null": of(sign64("null")), "nothing": "", "other cookies": "a=b; c=d",
	};
}

// The database decides.
const databases = [];
{
	const tables = emptyTables();
	const auth = betterAuth({ ...base, database: memoryAdapter(tables), user: { additionalFields: { role: { type: "string", required: false }, since: { type: "date", required: false } } } });
	const name = "better-auth.session_token";
	const jar = await signUp(auth, "ada@example.com", { role: "admin", since: new Date(START).toISOString() });
	const other = await signUp(auth, "bob@example.com");
	const rows = JSON.parse(JSON.stringify({ user: tables.user, session: tables.session }));
	const end = tables.session[0].expiresAt.getTime();
	const cases = Object.entries(tokenCases(name, jar[name], other[name])).map(([about, cookie]) => ({ about, cookie, at: START + 1000 }));
	for (const [about, at] of [["a millisecond before its end", end - 1], ["at its end", end], ["a millisecond after its end", end + 1], ["a second after its end", end + 1000]]) cases.push({ about, cookie: header(jar), at });
	for (const one of cases) {
		const kept = tables.session.map((row) => ({ ...row }));
		const said = await verdict(auth, one.cookie, one.at);
		tables.session.splice(0, tables.session.length, ...kept);
		// Prolonging is not what the vectors are about.
		one.verdict = said && { user: said.user, session: { ...said.session, expiresAt: kept.find(({ token }) => token === said.session.token).expiresAt, updatedAt: kept.find(({ token }) => token === said.session.token).updatedAt } };
	}
	databases.push({ about: "memory", rows, cases });
}

// Only the cached session can say yes: the rows are gone.
async function cacheProfile(about, options, settings, { names = {}, more = {}, extraCases = () => ({}), onlyExtra = false, tokens = false, sealed = {} } = {}) {
	const tables = emptyTables();
	const auth = betterAuth({ ...base, ...options, database: memoryAdapter(tables), session: { ...options.session, cookieCache: { enabled: true, ...options.session?.cookieCache } } });
	const jar = await signUp(auth, "ada@example.com", more);
	const other = await signUp(auth, "bob@example.com", more);
	const longName = (short) => Object.keys(jar).find((name) => name.includes(names[short] ?? short));
	const tokenName = longName("session_token"), dataNames = Object.keys(jar).filter((name) => name.includes(names.session_data ?? "session_data"));
	const pick = (from, keys) => Object.fromEntries(keys.map((key) => [key, from[key]]));
	tables.session.length = 0;
	const data = dataNames[0], value = jar[data], with_ = (changed) => header({ ...pick(jar, [tokenName, ...dataNames]), [data]: changed });
	const cookies = onlyExtra ? { good: header(jar), ...extraCases({ jar, tokenName, dataNames }) } : {
		good: header(jar), "data first": header({ ...pick(jar, dataNames), [tokenName]: jar[tokenName] }), "no token": header(pick(jar, dataNames)), "no data": header(pick(jar, [tokenName])), "empty data": with_(""),
		"flipped bit early": with_(flip(value, 30)), "flipped bit in the middle": with_(flip(value, value.length >> 1)), "flipped last": with_(flip(value, -1)), "flipped last but four": with_(flip(value, -5)), truncated: with_(value.slice(0, -1)), "cut in half": with_(value.slice(0, value.length >> 1)), longer: with_(`${value}A`), padded: with_(`${value}=`), "padded, escaped": with_(`${value}%3D`),
		quoted: with_(`"${value}"`), "wholly escaped": with_(escaped(value.slice(0, 40)) + value.slice(40)), spaced: with_(`  ${value}  `), "broken escape": with_(`${value}%zz`), "a character of no alphabet": with_(`${value.slice(0, 50)}*${value.slice(51)}`), "another's data": header({ ...pick(other, dataNames), [tokenName]: jar[tokenName] }), "another's token": header({ ...pick(jar, dataNames), [tokenName]: other[tokenName] }),
		"token of the wrong secret": header({ ...jar, [tokenName]: sign64(decoded(jar[tokenName]).split(".")[0], OTHER) }), "data twice, good first": `${header(jar)}; ${data}=x`, "data twice, bad first": `${data}=x; ${header(jar)}`, "token twice, good first": `${header(jar)}; ${tokenName}=x.y`, "token twice, bad first": `${tokenName}=x.y; ${header(jar)}`,
		...(tokens ? Object.fromEntries(Object.entries(tokenCases(tokenName, jar[tokenName], other[tokenName])).map(([key, cookie]) => [`token: ${key}`, `${cookie}; ${data}=${value}`])) : {}), ...(await extraCases({ jar, other, tokenName, data, dataNames, value, with_ })),
	};
	const cases = [];
	for (const [label, cookie] of Object.entries(cookies)) cases.push({ about: label, cookie, at: START + 1000 });
	for (const [label, payload] of Object.entries(sealed)) {
		const session = { ...(await verdict(auth, header(jar), START)) };
		const plain = JSON.parse(JSON.stringify(session));
		cases.push({ about: `sealed: ${label}`, cookie: with_(payload(plain)), at: START + 1000 });
	}
	for (const seconds of onlyExtra ? [] : [-1, 0, 0.001, 1, 14, 15, 16]) cases.push({ about: `${seconds} s after its end`, cookie: header(jar), at: START - (START % 1000) * (settings.strategy === "compact" ? 0 : 1) + 300_000 + seconds * 1000 });
	for (const one of cases) one.verdict = await verdict(auth, one.cookie, one.at);
	return { about, settings, cases };
}

async function inTurn(items, work) {
	const done = [];
	for (const item of items) done.push(await work(item));
	return done;
}
const envelope = (session, expiresAt = START + 300_000, secret = SECRET) => ({ session, expiresAt, signature: createHmac("sha256", secret).update(JSON.stringify({ ...session, expiresAt })).digest("base64url") });
const payload = (plain, changes = {}) => ({ session: { ...plain.session, ...changes.session }, user: { ...plain.user, ...changes.user }, updatedAt: START, version: "1", ...changes.top });
const compact = (changes) => (plain) => b64u(JSON.stringify(envelope(payload(plain, changes))));
const without = (object, key) => { const { [key]: _, ...rest } = object; return rest; };
const sealedCompact = {
	"as written": compact({}), "wrong secret": (p) => b64u(JSON.stringify(envelope(payload(p), START + 300_000, OTHER))), "keys in another order": (p) => { const e = envelope(payload(p)); return b64u(JSON.stringify({ signature: e.signature, expiresAt: e.expiresAt, session: e.session })); }, "white space": (p) => b64u(JSON.stringify(envelope(payload(p)), null, 1)),
	"expiry changed": (p) => b64u(JSON.stringify({ ...envelope(payload(p)), expiresAt: START + 400_000 })), "expiry as text": (p) => { const e = envelope(payload(p)); return b64u(JSON.stringify({ ...e, expiresAt: String(e.expiresAt) })); }, "expiry with an exponent": (p) => b64u(JSON.stringify(envelope(payload(p), 1e13)).replace("10000000000000", "1e13")), "user changed": (p) => b64u(JSON.stringify(envelope(payload(p))).replace("ada@", "eve@")), "user twice": (p) => b64u(JSON.stringify(envelope(payload(p))).replace('"user":', '"user":{},"user":')),
	"no version": (p) => b64u(JSON.stringify(envelope(without(payload(p), "version")))), "version 2": compact({ top: { version: "2" } }), "version as number": compact({ top: { version: 1 } }), "no updatedAt": (p) => b64u(JSON.stringify(envelope(without(payload(p), "updatedAt")))), "session over": compact({ session: { expiresAt: new SystemDate(START - 1).toISOString() } }), "session ends now": compact({ session: { expiresAt: new SystemDate(START + 1000).toISOString() } }),
	"session without an end": (p) => b64u(JSON.stringify(envelope(payload({ ...p, session: without(p.session, "expiresAt") })))), "end as number": compact({ session: { expiresAt: START + 1e6 } }), "end without milliseconds": compact({ session: { expiresAt: "2026-12-01T00:00:00Z" } }), "no token": (p) => b64u(JSON.stringify(envelope(payload({ ...p, session: without(p.session, "token") })))), "no user id": (p) => b64u(JSON.stringify(envelope(payload({ ...p, user: without(p.user, "id") })))),
	"e-mail in capitals": compact({ user: { email: "ADA@EXAMPLE.COM" } }), "no emailVerified": (p) => b64u(JSON.stringify(envelope(payload({ ...p, user: without(p.user, "emailVerified") })))), "emailVerified as text": compact({ user: { emailVerified: "true" } }), "a name like a date": compact({ user: { name: "2026-11-21T08:00:00.000Z" } }), "a field like a date": compact({ user: { since: "2026-11-21T08:00:00.000Z" } }), "a field like a date without milliseconds": compact({ user: { since: "2026-11-21T08:00:00Z" } }),
	"a field that is February 30": compact({ user: { since: "2026-02-30T08:00:00.000Z" } }), "nested dates": compact({ user: { metadata: { at: "2026-11-21T08:00:00Z" } } }), "nested": compact({ user: { metadata: { at: ["2026-11-21T08:00:00.000Z", 1.5, 1e21, null, true], "1": 2 } } }), "a lone surrogate": compact({ user: { name: "\ud800" } }), "an empty object": () => b64u(JSON.stringify(envelope({}))), "an array": () => b64u(JSON.stringify(envelope([]))), "no JSON": () => b64u("{"), "null": () => b64u("null"), "text after the end": (p) => b64u(`${JSON.stringify(envelope(payload(p)))} x`),
	"serial ids": compact({ session: { userId: 1 } }), "no user id in the session": (p) => b64u(JSON.stringify(envelope(payload({ ...p, session: without(p.session, "userId") })))), "null address": compact({ session: { ipAddress: null } }), "address as number": compact({ session: { ipAddress: 1 } }), "bytes that are no UTF-8": (p) => Buffer.concat([Buffer.from(JSON.stringify(envelope(payload(p)))).subarray(0, -1), Buffer.from([0xff, 0x7d])]).toString("base64url"), "in plain base64": (p) => encodeURIComponent(Buffer.from(JSON.stringify(envelope(payload(p)))).toString("base64")),
};
const seconds = Math.floor(START / 1000);
const hs = (alg, secret, times = { iat: seconds, exp: seconds + 300 }, head = {}) => (plain) => { const text = `${b64u(JSON.stringify({ alg, ...head }))}.${b64u(JSON.stringify({ ...payload(plain), ...times }))}`; return `${text}.${alg === "none" ? "" : createHmac(alg === "HS512" ? "sha512" : "sha256", secret).update(text).digest("base64url")}`; };
const sealedJwt = {
	"as written": hs("HS256", SECRET), "wrong secret": hs("HS256", OTHER), "alg none": hs("none", SECRET), "HS512": hs("HS512", SECRET), "alg RS256 with a MAC": (p) => { const [, body] = hs("HS256", SECRET)(p).split("."); const text = `${b64u('{"alg":"RS256"}')}.${body}`; return `${text}.${createHmac("sha256", SECRET).update(text).digest("base64url")}`; }, "no end": hs("HS256", SECRET, { iat: seconds }), "end as text": hs("HS256", SECRET, { exp: String(seconds + 300) }), "not before": hs("HS256", SECRET, { exp: seconds + 300, nbf: seconds + 60 }), "issued in the future": hs("HS256", SECRET, { exp: seconds + 300, iat: seconds + 60 }), "unknown critical header": hs("HS256", SECRET, undefined, { crit: ["x"], x: 1 }), "another type": hs("HS256", SECRET, undefined, { typ: "x" }), "no algorithm": hs(undefined, SECRET), "version 2": (p) => hs("HS256", SECRET, { exp: seconds + 300, version: "2" })(p),
};
const chunked = ({ jar, tokenName, dataNames }) => {
	const pair = (name, value = jar[name]) => `${name}=${value}`, token = pair(tokenName), parts = dataNames.map((name) => pair(name)), [first, ...rest] = parts, stem = dataNames[0].slice(0, -2);
	return { "chunks backwards": [token, ...parts.toReversed()].join("; "), "first chunk missing": [token, ...rest].join("; "), "last chunk missing": [token, ...parts.slice(0, -1)].join("; "), "a chunk twice": [token, ...parts, first].join("; "), "a bad chunk, then the good one": [token, pair(dataNames[0], "x"), ...parts].join("; "), "the good chunk, then a bad one": [token, ...parts, pair(dataNames[0], "x")].join("; "), "a chunk that does not count": [token, ...parts, `${stem}.01=x`, `${stem}.x=y`, `${stem}.-1=z`].join("; "), "a chunk too many": [token, ...parts, `${stem}.${parts.length}=A`].join("; "), "whole and chunks": [token, `${stem}=x`, ...parts].join("; "), "empty whole and chunks": [token, `${stem}=`, ...parts].join("; "), "quoted chunks": [token, ...dataNames.map((name) => pair(name, `"${jar[name]}"`))].join("; ") };
};
const bio = { user: { additionalFields: { bio: { type: "string", required: false } } } };
const caches = [
	await cacheProfile("compact", {}, { strategy: "compact" }, { tokens: true, sealed: sealedCompact }),
	await cacheProfile("jwt", { session: { cookieCache: { strategy: "jwt" } } }, { strategy: "jwt" }, { sealed: sealedJwt }),
	await cacheProfile("jwe", { session: { cookieCache: { strategy: "jwe" } } }, { strategy: "jwe" }),
	...await inTurn(["compact", "jwt", "jwe"], (strategy) => cacheProfile(`${strategy}, chunked`, { ...bio, session: { cookieCache: { strategy } } }, { strategy }, { more: { bio: "Bücher ".repeat(600) }, extraCases: chunked, onlyExtra: true })),
	await cacheProfile("version 2", { session: { cookieCache: { version: "2" } } }, { strategy: "compact", version: "2" }, { sealed: { "version 1": compact({}), "version 2": compact({ top: { version: "2" } }), "no version": sealedCompact["no version"] } }),
	await cacheProfile("https", { baseURL: "https://auth.example.com" }, { strategy: "compact", secure: true }, { extraCases: ({ jar }) => ({ "without the prefix": header(jar).replaceAll("__Secure-", "") }) }),
	await cacheProfile("named", { advanced: { cookiePrefix: "acme", cookies: { session_data: { name: "cached" } } } }, { strategy: "compact", prefix: "acme", session_data: "cached" }, { names: { session_data: "cached" } }),
	...await inTurn(["compact", "jwe"], async (strategy) => {
		const old = await cacheProfile(`${strategy}, before a rotation`, { session: { cookieCache: { strategy } }, secrets: [{ version: 1, value: OTHER }] }, { strategy });
		const tables = emptyTables(), rotated = betterAuth({ ...base, secret: undefined, secrets: [{ version: 2, value: SECRET }, { version: 1, value: OTHER }], database: memoryAdapter(tables), session: { cookieCache: { enabled: true, strategy } } });
		const [{ cookie }] = old.cases, token = decoded(cookie.match(/session_token=([^;]+)/)[1]).split(".")[0];
		const cases = [["signed before", cookie], ["token signed after", cookie.replace(/session_token=[^;]+/, `session_token=${sign64(token)}`)]].map(([about, text]) => ({ about, cookie: text, at: START + 1000 }));
		for (const one of cases) one.verdict = await verdict(rotated, one.cookie, one.at);
		return { about: `${strategy}, after a rotation`, settings: { strategy, secret: [SECRET, OTHER] }, cases };
	}),
];

// Tokens of the jwt plugin.
const tokens = [];
for (const [alg, config] of Object.entries({ EdDSA: { crv: "Ed25519" }, ES256: {}, ES512: {}, RS256: { modulusLength: 2048 }, PS256: { modulusLength: 2048 } })) {
	const tables = emptyTables();
	const auth = betterAuth({ ...base, database: memoryAdapter(tables), plugins: [jwt({ jwks: { keyPairConfig: { alg, ...config }, disablePrivateKeyEncryption: true } })] });
	const jar = await signUp(auth, "ada@example.com");
	const { token } = await auth.api.getToken({ headers: new Headers({ cookie: header(jar) }) });
	const { keys } = await auth.api.getJwks();
	const [key] = tables.jwks, privateKey = await jose.importJWK(JSON.parse(key.privateKey), alg);
	const [head, body, signature] = token.split("."), claims = JSON.parse(Buffer.from(body, "base64url").toString());
	const made = (changes = {}, header = {}) => new jose.SignJWT(JSON.parse(JSON.stringify({ ...claims, ...changes }))).setProtectedHeader({ alg, kid: key.id, ...header }).sign(privateKey);
	const again = (header, more = signature) => `${b64u(JSON.stringify(header))}.${body}.${more}`;
	const mac = (header, secret) => { const text = `${b64u(JSON.stringify(header))}.${body}`; return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`; };
	const stranger = await jose.generateKeyPair(alg, { ...config, extractable: true });
	const list = {
		good: token, "made again": await made(), "flipped bit of the claims": `${head}.${flip(body, 20)}.${signature}`, "flipped bit of the signature": `${head}.${body}.${flip(signature, 5)}`, "last character of the signature": `${head}.${body}.${flip(signature, -1)}`, truncated: token.slice(0, -3), "no signature": `${head}.${body}.`, "alg none": again({ alg: "none", kid: key.id }, ""), "alg none with the signature": again({ alg: "none", kid: key.id }), "HS256 by the public key": mac({ alg: "HS256", kid: key.id }, key.publicKey), "HS256 by the key's x or n": mac({ alg: "HS256", kid: key.id }, Buffer.from(keys[0].x ?? keys[0].n, "base64url")),
		"another algorithm": again({ alg: alg === "ES256" ? "ES512" : "ES256", kid: key.id }), "the sibling algorithm": again({ alg: alg === "RS256" ? "PS256" : "RS256", kid: key.id }), "no key id": again({ alg }), "unknown key id": again({ alg, kid: "x" }), "key id as number": again({ alg, kid: 1 }), "a stranger's key": await new jose.SignJWT(claims).setProtectedHeader({ alg, kid: key.id }).sign(stranger.privateKey), "a key in the header": await new jose.SignJWT(claims).setProtectedHeader({ alg, kid: key.id, jwk: await jose.exportJWK(stranger.publicKey) }).sign(stranger.privateKey),
		"wrong issuer": await made({ iss: "http://evil.test" }), "no issuer": await made({ iss: undefined }), "wrong audience": await made({ aud: "http://evil.test" }), "no audience": await made({ aud: undefined }), "one of two audiences": await made({ aud: ["http://evil.test", "http://localhost:3000"] }), "no audience fits": await made({ aud: ["http://evil.test"] }), "issuer with a slash": await made({ iss: "http://localhost:3000/" }), "no subject": await made({ sub: undefined }), "empty subject": await made({ sub: "" }), "not before now": await made({ nbf: seconds + 60 }), "end as text": await made({ exp: "9999999999" }), "issued in the future": await made({ iat: seconds + 600 }),
		"no end": await made({ exp: undefined }), "another type": await made({}, { typ: "x" }), "unknown critical header": token && (await made({}, { x: 1 })).replace(/^[^.]+/, b64u(JSON.stringify({ alg, kid: key.id, crit: ["x"], x: 1 }))), "four parts": `${token}.x`, "a space in it": `${head} .${body}.${signature}`, "padded": `${head}=.${body}.${signature}`, "no JSON": `${b64u("{")}.${body}.${signature}`, "claims that are an array": await new jose.CompactSign(new TextEncoder().encode("[]")).setProtectedHeader({ alg, kid: key.id }).sign(privateKey), "claims that are no JSON": await new jose.CompactSign(new TextEncoder().encode("x")).setProtectedHeader({ alg, kid: key.id }).sign(privateKey),
	};
	const cases = Object.entries(list).map(([about, text]) => ({ about, token: text, at: START }));
	for (const after of [-1, 0, 1]) cases.push({ about: `${after} s after its end`, token, at: (claims.exp + after) * 1000 });
	for (const one of cases) {
		clock = one.at;
		one.verdict = (await auth.api.verifyJWT({ body: { token: one.token } })).payload ?? null;
		clock = START;
	}
	tokens.push({ alg, jwks: { keys }, cases });
}

// Secondary storage.
const stored = new Map(), tables = emptyTables();
const secondary = betterAuth({ ...base, database: memoryAdapter(tables), secondaryStorage: { get: async (key) => stored.get(key) ?? null, set: async (key, value) => void stored.set(key, value), delete: async (key) => void stored.delete(key) } });
const name = "better-auth.session_token", jar = await signUp(secondary, "ada@example.com"), second = await signUp(secondary, "bob@example.com");
const kept = Object.fromEntries(stored), storedCases = Object.entries(tokenCases(name, jar[name], second[name])).map(([about, cookie]) => ({ about, cookie, at: START + 1000 }));
for (const seconds of [-1, 0, 0.001, 1]) storedCases.push({ about: `${seconds} s after its end`, cookie: header(jar), at: START + 604_800_000 + seconds * 1000 });
const { userId } = Object.values(kept).map(JSON.parse).find((value) => value.user?.email === "ada@example.com").session;
for (const mark of ["", "soon", "0", "-1", `${START - 1}`, `${START}`, `${START + 1}`, ` ${START + 1} `, "4e12", "Infinity"]) storedCases.push({ about: `ended before ${JSON.stringify(mark)}`, cookie: header(jar), at: START + 1000, mark: [`revoked-sessions-before-${userId}`, mark] });
for (const one of storedCases) {
	if (one.mark) stored.set(...one.mark);
	const said = await verdict(secondary, one.cookie, one.at);
	one.verdict = said && { user: said.user, session: JSON.parse(kept[said.session.token]).session };
	stored.clear();
	for (const [key, value] of Object.entries(kept)) stored.set(key, value);
}

// A verdict that says the same as that of the first case is `true`.
for (const { cases } of [...databases, ...caches, ...tokens]) {
	const usual = JSON.stringify(cases[0].verdict);
	for (const one of cases.slice(1)) if (one.verdict && JSON.stringify(one.verdict) === usual) one.verdict = true;
}
const lines = (groups) => `[\n${groups.map(({ cases, ...rest }) => `{${JSON.stringify(rest).slice(1, -1)}, "cases": [\n${cases.map((one) => JSON.stringify(one)).join(",\n")}\n]}`).join(",\n")}\n]`;
process.stdout.write(`{"secret": ${JSON.stringify(SECRET)}, "other": ${JSON.stringify(OTHER)},\n"databases": ${lines(databases)},\n"caches": ${lines(caches)},\n"tokens": ${lines(tokens)},\n"stores": ${lines([{ entries: kept, cases: storedCases }])}}\n`, () => process.exit(0));
