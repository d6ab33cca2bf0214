// Hashes, signs and encrypts as better-auth 1.7.25:
//   node tests/crypto/reference.mjs > tests/crypto/reference_vectors.json     prints vectors
//   node tests/crypto/reference.mjs read < made-by-us.json                    says what it makes of ours
// The packages are those of contracts/oracle (npm ci there).
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const oracle = createRequire(new URL("../../contracts/oracle/package.json", import.meta.url));
const path = oracle.resolve("better-auth/crypto");
const { hashPassword, verifyPassword, makeSignature, signJWT, verifyJWT, symmetricEncodeJWT, symmetricDecodeJWT, symmetricEncrypt, symmetricDecrypt } = await import(pathToFileURL(path).href);
const { EncryptJWT, SignJWT, base64url } = await import(pathToFileURL(createRequire(path).resolve("jose")).href);

const SECRET = "a-secret-of-the-tests-0123456789-abcdef";
const OLD_SECRET = "an-older-secret-of-the-tests-0123456789";
const SALT = "better-auth-session";
const CLAIMS = { session: { token: "t", expiresAt: "2026-11-21T08:00:00.000Z" }, user: { name: "Ä €😀", age: 1.5, none: null }, version: "1" };
const bytes = (text) => new TextEncoder().encode(text);

async function print() {
	const far = 1e9;
	const passwords = ["password1234", "pässwörd😀", "Å\u0301ﬁ", "\uff21\uff22\uff23\uff11\uff12\uff13", "\ud800lone", " ", "x".repeat(128)];
	const hashes = [];
	for (const password of passwords) hashes.push({ password, hash: await hashPassword(password) });
	const signatures = [];
	for (const message of ["", "a", "ä€😀", "token-0123456789"]) signatures.push({ message, base64: await makeSignature(message, SECRET) });
	const now = Math.floor(Date.now() / 1000);
	const signed = { token: await signJWT(CLAIMS, SECRET, far), hs384: await new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS384" }).sign(bytes(SECRET)), expired: await signJWT(CLAIMS, SECRET, -1) };
	const none = `${base64url.encode(JSON.stringify({ alg: "none" }))}.${base64url.encode(JSON.stringify(CLAIMS))}.`;
	const foreign = await signJWT(CLAIMS, OLD_SECRET, far);
	const notYet = await new SignJWT(CLAIMS).setProtectedHeader({ alg: "HS256" }).setNotBefore(now + far).sign(bytes(SECRET));
	const both = { keys: new Map([[2, SECRET], [1, OLD_SECRET]]), currentVersion: 2 };
	const encrypted = { token: await symmetricEncodeJWT(CLAIMS, both, SALT, far), old: await symmetricEncodeJWT(CLAIMS, OLD_SECRET, SALT, far), foreign: await symmetricEncodeJWT(CLAIMS, "another-secret-that-nobody-here-knows-01", SALT, far), otherSalt: await symmetricEncodeJWT(CLAIMS, SECRET, "other", far), expired: await symmetricEncodeJWT(CLAIMS, SECRET, SALT, -60) };
	const wrongKind = await new EncryptJWT(CLAIMS).setProtectedHeader({ alg: "PBES2-HS256+A128KW", enc: "A128GCM" }).encrypt(bytes(SECRET));
	const sealed = { plain: CLAIMS.user.name, single: await symmetricEncrypt({ key: SECRET, data: CLAIMS.user.name }), old: await symmetricEncrypt({ key: OLD_SECRET, data: CLAIMS.user.name }), version2: await symmetricEncrypt({ key: both, data: CLAIMS.user.name }), version1: await symmetricEncrypt({ key: { ...both, currentVersion: 1 }, data: CLAIMS.user.name }), empty: await symmetricEncrypt({ key: SECRET, data: "" }) };
	console.log(JSON.stringify({ secret: SECRET, oldSecret: OLD_SECRET, salt: SALT, claims: CLAIMS, now, hashes, signatures, signed, refusedSigned: { none, foreign, notYet }, encrypted, wrongKind, sealed }, null, 1));
}

async function read() {
	let text = "";
	for await (const chunk of process.stdin) text += chunk;
	const made = JSON.parse(text);
	const passwords = [];
	for (const { hash, password } of made.passwords ?? []) passwords.push(await verifyPassword({ hash, password }).catch(() => null));
	const signed = made.signed ? await verifyJWT(made.signed, SECRET) : null;
	const encrypted = made.encrypted ? await symmetricDecodeJWT(made.encrypted, SECRET, SALT) : null;
	const both = { keys: new Map([[2, SECRET], [1, OLD_SECRET]]), currentVersion: 2, legacySecret: OLD_SECRET };
	const sealed = [];
	for (const data of made.sealed ?? []) sealed.push(await symmetricDecrypt({ key: data.startsWith("$") ? both : SECRET, data }).catch(() => null));
	console.log(JSON.stringify({ passwords, signed, encrypted, sealed }));
}

await (process.argv[2] === "read" ? read() : print());
