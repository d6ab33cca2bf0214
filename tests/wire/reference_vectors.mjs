// Asks better-auth 1.7.25 and JavaScript itself what they make of inputs, and prints the answers as JSON:
//   node tests/wire/reference_vectors.mjs > tests/wire/reference_vectors.json
// The packages are those of contracts/oracle (npm ci there).
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const oracle = createRequire(new URL("../../contracts/oracle/package.json", import.meta.url));
const root = oracle.resolve("better-auth/crypto").replace(/dist\/.*$/, "dist/");
const load = (path) => import(pathToFileURL(path).href);
const { matchesOriginPattern } = await load(`${root}auth/trusted-origins.mjs`);
const { wildcardMatch } = await load(`${root}utils/wildcard.mjs`);
const { parseCookies: parseStrictly } = await load(`${root}cookies/index.mjs`);
const fromBetterAuth = createRequire(`${root}index.mjs`);
const { parseCookies, serializeCookie, serializeSignedCookie, createEndpoint } = await load(fromBetterAuth.resolve("better-call"));
const z = await load(fromBetterAuth.resolve("zod"));
const { safeJSONParse } = await load(fromBetterAuth.resolve("@better-auth/core/utils/json"));

const SECRET = "a-secret-of-the-tests-0123456789-abcdef";

const urls = [
	"https://app.example.com", "https://app.example.com/", "https://app.example.com/deep/path?q=1#f", "HTTPS://APP.EXAMPLE.COM",
	"http://app.example.com", "https://app.example.com:443", "https://app.example.com:8443", "https://a.b.example.com",
	"https://example.com", "https://evil-example.com", "https://example.com.evil.test", "https://app.example.com@evil.test",
	"https://evil.test/app.example.com", "https://evil.test\\@app.example.com", "https://app.example.com\\.evil.test",
	"https:app.example.com", "https:///app.example.com", "//app.example.com", "/\\app.example.com", "app.example.com",
	"http://localhost:3000", "http://localhost:3001/x", "http://127.0.0.1:3000", "http://[::1]:3000", "http://2130706433:3000",
	"https://app.example.com.", "https://xn--bcher-kva.example.com", "https://bücher.example.com", "https://APP。example.com",
	"ftp://app.example.com", "data:text/html,x", "javascript:alert(1)", "blob:https://app.example.com/uuid", "file:///etc/passwd",
	"myapp://", "myapp:", "myapp:/", "myapp:///", "myapp://callback", "MyApp://Callback", "myapp://callback/inner", "myapp://callback/inner/deep",
	"myapp://callback/inner/../evil", "myapp://callback/inner%2f..%2fevil", "myapp://callback/innermost", "myapp://callback?x=1", "myapp://other",
	"myapp://user@callback", "myapp:callback", "myapp-evil://callback", "exp://192.168.0.1:8081", "exp://192.168.0.1:8081/--/x", "exp://10.0.0.1",
	"null", "", " ", "https://", "https://app.example.com\n", "https://app.exa\tmple.com", " https://app.example.com ", "myapp://call\nback",
	"/", "/dashboard", "/a/b?x=/y#/z", "/a//b", "//evil.test", "/\\evil.test", "/a\\b", "/%2fevil.test", "/a%2Fb", "/a?x=%2F", "/a%5cb", "/a#%5C",
	"/\t/evil.test", "/a\u0000b", "/ä", "/a b", "/..", "/../..", "/a/../b", "/:80", "/@evil.test", "/%",
	"https://app_1.example.com", "https://-app.example.com", "https://app.example.com:0", "https://app.example.com:65536", "https://%61pp.example.com",
	"http://192.168.attacker.com", "http://192.168.1.5", "http://192.168.1.5:8080", "http://192.168.1.5.evil.test", "http://192.168.01.5", "http://192.168.1.256", "https://evil.com:99999.trusted.test",
	"https://evil.com%00.trusted.test", "https://evil.com/.trusted.test", "https://a.trusted.test", "https://a.b.trusted.test", "http://localhost:3000.evil.test", "javascript://app.example.com/%0aalert(1)",
	"myapp://host", "myapp://host/", "myapp://host/x", "myapp://host/x/y", "myapp://host/../x", "myapp://host/%2e%2e/x", "myapp://u@host/x", "myapp://host?x", "myapp://hosting/x", "myapp://ab/cb1",
	"exp://192.168.attacker.com:8081", "exp://192.168.1.5:8081/--/x",
];
const patterns = [
	"https://app.example.com", "https://app.example.com/", "http://localhost:3000", "https://*.example.com", "https://*.example.com:8443", "*.example.com",
	"*example.com", "https://*", "*", "**", "http*://app.example.com", "https://app.example.???", "app.example.com", "http://localhost:*", "localhost:*", "?*",
	"https://**.example.com", "https://app.example.com/*", "myapp://", "myapp:", "MYAPP://callback", "myapp://callback/inner", "myapp://callback/inner/", "myapp://*",
	"myapp://callback/../callback/inner", "exp://", "exp://*", "exp://192.168.*.*:*", "exp://**", "null", "", "data:", "javascript:", "https://\\*.example.com", "http://[::1]:3000",
	"http://192.168.*.*", "192.168.*.*", "192.168.*", "10.*", "http://192.168.*.*:*", "exp://192.168.*.*", "https://*.trusted.test", "*.trusted.test", "myapp://host/*", "myapp://host/**", "myapp://h*/x", "myapp://??/cb?", "myapp://*/x",
];
const origins = patterns.map((pattern) => ({
	pattern,
	absolute: urls.filter((url) => matchesOriginPattern(url, pattern)),
	relative: urls.filter((url) => matchesOriginPattern(url, pattern, { allowRelativePaths: true })),
}));

const globs = ["*", "**", "/a/*", "/a/**", "/a/**/c", "**/c", "/*/c", "/a?c", "a*c", "a\\*c", "/a/", "//a", "/a/*/", "", "/", "/**/", "a.c", "[ab]", "/sign-in/*", "*/email", "a**", "**a", "a/**b"];
const names = ["", "/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/a//c", "/a/c", "/a\\c", "abc", "ac", "a*c", "a.c", "axc", "a", "b", "[ab]", "/sign-in/email", "/sign-in/email/", "/sign-in", "c", "/c", "x/c", "x/y/c", "aa", "a/b", "a/x/b", "//a"];
const wildcards = globs.map((pattern) => ({ pattern, matches: names.filter((name) => wildcardMatch(pattern)(name)) }));

const cookieHeaders = [
	"", "a", "=", "a=", "=b", "a=b", "a=b;", ";a=b", "a=b; c=d", "a=b;c=d", "a = b ; c = d", "a=b; a=c", "a=\"b\"", "a=\"b", "a=b\"", "a=\"\"", "a=\"", "a=b=c", "a=b; c; d=e", "c; d=e",
	"a=%20b", "a=%zz", "a=%", "a=%C3%A4", "a=%C3", "a=%E2%82%AC; b=%ff", "%61=b", "a=b,c", "a=b c", "a=b\tc", "a=\u00a0b\u00a0", "a=ä", "ä=b", "a b=c", "a(b)=c", "__Secure-a=b", "__proto__=x; a=b", "constructor=x",
	"a=b; ; c=d", "a=b;; c=d", "a=b\\c", "a={\"x\":1}", "  a=b  ", "a=b;c", "better-auth.session_token=x.y%3D; other=1", "a=1; A=2", "a=%22b%22", "a=\"b;c\"", "$Version=1; a=b", "a=b; expires=never",
];
const readers = cookieHeaders.map((header) => ({
	header,
	lenient: [...parseCookies(header)],
	strict: [...parseStrictly(header)],
}));

const attributes = [
	{}, { path: "/" }, { maxAge: 0 }, { maxAge: 604800, path: "/", httpOnly: true, sameSite: "lax" }, { domain: "example.com", path: "/", secure: true, sameSite: "none", httpOnly: true, maxAge: 60, partitioned: true },
	{ path: "/", domain: "example.com", sameSite: "strict" }, { maxAge: -1, path: "/" }, { path: "/api", secure: false },
];
const serialized = [];
for (const name of ["a", "__Secure-a", "__Host-a"]) for (const value of ["b", "", "a b;c,\"d\"", "ä€😀", "x.y+/="]) for (const given of attributes) {
	serialized.push({ name, value, attributes: given, header: serializeCookie(name, value, { ...given }) });
}

const values = ["token", "x", "abcdefghijklmnopqrstuvwxyzABCDEF", "with.dots.in.it", "a b", "ä€😀", "=", "true", ".", "a.", "%41", "\u00a0"];
const signed = [];
for (const value of values) signed.push({ value, header: await serializeSignedCookie("c", value, SECRET, { path: "/" }) });
const read = createEndpoint("/", { method: "GET" }, async (ctx) => ({ value: await ctx.getSignedCookie("c", SECRET) }));
const good = decodeURIComponent(signed[2].header.slice(2).split(";")[0]);
const [goodValue, goodSignature] = [good.slice(0, good.lastIndexOf(".")), good.slice(good.lastIndexOf(".") + 1)];
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const nextLetter = (letter) => alphabet[(alphabet.indexOf(letter) + 1) % 64];
const nearMisses = [
	good, encodeURIComponent(good), ` ${good} `, `"${good}"`, `"${encodeURIComponent(good)}"`, goodValue, `${goodValue}.`, `.${goodSignature}`, `${goodValue}.${goodSignature.slice(0, -1)}`, `${good}=`, `${good}A`,
	`${goodValue}x.${goodSignature}`, `${goodValue.toUpperCase()}.${goodSignature}`, `${goodValue}.${goodSignature.replaceAll("+", "-").replaceAll("/", "_")}`,
	`${goodValue}.${nextLetter(goodSignature[0])}${goodSignature.slice(1)}`, `${goodValue}.${goodSignature.slice(0, 42)}${nextLetter(goodSignature[42])}=`, `${goodValue}.${"A".repeat(43)}=`, `${goodValue}.${"*".repeat(43)}=`,
	`${goodValue}.${" ".repeat(43)}=`, `${goodValue}.${goodSignature.slice(0, 43)} `, `${goodValue}..${goodSignature}`, `x.${good}`, good.replaceAll("=", "%3D").replaceAll("%3D", "%3d"), `${good};`, "undefined", "null", "%", `%zz${good}`,
	...signed.map(({ header }) => header.slice(2).split(";")[0]),
];
const unsealed = [];
for (const cookie of nearMisses) unsealed.push({ cookie, value: (await read({ headers: new Headers({ cookie: `c=${cookie}` }) })).value || null });

const texts = ["", "abc", "a b", "-_.!~*'()", ";,/?:@&=+$#", "\"<>\\^`{|}", "äöü", "€", "😀", "\u0000\u001f\u007f", "\u2028", "%", "%41", "[]", "\ufeff", "e\u0301"];
const encodings = texts.map((text) => ({ text, encoded: encodeURIComponent(text) }));
const tryDecode = (text) => { try { return decodeURIComponent(text); } catch { return null; } };
const decodings = ["%41", "%", "%4", "%zz", "%C3%A4", "%c3%a4", "%C3", "%C3%28", "%E2%82%AC", "%F0%9F%98%80", "%ED%A0%80", "%F4%90%80%80", "%C0%80", "%00", "a+b", "%2B", "ä%20", "%EF%BB%BF", "%%41", "%25%34%31"].map((text) => ({ text, decoded: tryDecode(text) }));

const again = (text) => { try { return JSON.stringify(JSON.parse(text)); } catch { return null; } };
const documents = [
	"1", "-0", "0", "1.0", "1e3", "1E+3", "1e21", "1e-7", "123456789012345678901234567890", "9007199254740993", "0.1", "1.5e300", "1e400", "-1e400", "1e-400", "0.000001", "0.0000001", "100000000000000000000", "1000000000000000000000", "5e-324", "1.7976931348623157e308", "123456789.123456789", "-1.50",
	"999999999999999", "1000000000000000", "12345678901234567", "4.35", "0.30000000000000004", "2e-3", "1.0e0", "333333333.33333329",
	"01", "1.", ".5", "+1", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "true", "null", "undefined", "'a'", "\"a\"", "\"\\u0041\"", "\"\\ud83d\\ude00\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\x41\"", "\"\t\"", "\"\\t\"", "\"\\/\"", "\"\\u2028\u2028\"", "\"\u007f\"", "\"\\u0000\"", "\"\\u001f\\b\\f\\n\\r\"",
	"{}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"a\":1,\"a\":2}", "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":1,}", "[1,]", "[,1]", "{a:1}", "[1] ", "\n[1]\r\n\t", "\u00a0[1]", "[1]x", "", " ", "[", "{\"\":0}", "[1,2", "// c\n1", "[1e5,1E5,-0.0]", "[\"\\ud83d\"]", "{\"b\":1,\"a\":2,\"1\":3,\"0\":4}", "{\"a\":{\"10\":1,\"9\":2,\"01\":3}}",
].map((text) => ({ text, again: again(text) }));
const dates = ["2026-11-21T08:00:00.000Z", "2026-11-21T08:00:00Z", "2026-11-21T08:00:00.1Z", "2026-11-21T08:00:00.123456Z", "2026-11-21T08:00:00.9999Z", "2026-11-21T08:00:00", "2026-11-21", "2026-11-21T08:00:00+00:00", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T25:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "2026-11-21T08:00:00.Z", "2026-11-21t08:00:00z", " 2026-11-21T08:00:00Z", "2026-11-21T23:59:60Z", "1969-12-31T23:59:59.001Z", "2026-04-31T00:00:00Z"]
	.map((text) => { const value = safeJSONParse(JSON.stringify({ value: text })).value; return { text, revived: value instanceof Date ? value.toISOString() : null }; });

const emails = ["a@b.co", "A@B.CO", "a.b@c.de", "a..b@c.de", ".a@c.de", "a.@c.de", "a+tag@c.de", "a'b@c.de", "'@c.de", "a'@c.de", "a_b@c.de", "a-@c.de", "-a@c.de", "a b@c.de", "a@c", "a@c.d", "a@c.de.", "a@.c.de", "a@c..de", "a@-c.de", "a@c-.de", "a@c.d-e", "a@c.1e", "a@c.xn--p1ai", "a@b@c.de", "@c.de", "a@", "", "ä@c.de", "a@ä.de", "a@[1.2.3.4]", "a@1.2.3.4", "a@c.de ", " a@c.de", "a@c.de\n", "a\u0000@c.de", "a%b@c.de", "a!b@c.de", "a/b@c.de", "\"a b\"@c.de", "a@c_d.de", "a@c.museum", "1@2.co", `${"a".repeat(300)}@c.de`, "a@c.dE", "a.b.c.d@e.f.g.hi", "a@example-.com", "a.-b@c.de", "+@c.de", "_@c.de"]
	.map((text) => ({ text, accepted: z.email().safeParse(text).success }));

const compact = (rows) => `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]`;
const vectors = { urls, origins, names, wildcards, readers, serialized, signed, unsealed, encodings, decodings, documents, dates, emails };
console.log(`{\n"secret": ${JSON.stringify(SECRET)},\n${Object.entries(vectors).map(([name, rows]) => `${JSON.stringify(name)}: ${compact(rows)}`).join(",\n")}\n}`);
