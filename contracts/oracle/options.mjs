// The options of the reference, read from its types, on standard output: of the core and of each plugin, by path, and
// what each takes. contracts/options.json is this; `make reference` writes it.
//
//   {"core": {"advanced.database.generateId": ["\"serial\"", "\"uuid\"", "false", "function"], …}, "jwt": {…}}
//
// A path leads through tables ("session.expiresIn"), lists ("config[].clientId") and tables with keys of one's own
// ("rateLimit.customRules.*.max").

import { readFileSync } from "node:fs";
import ts from "typescript";

const plugins = {
  admin: ["better-auth/plugins", "admin"],
  anonymous: ["better-auth/plugins", "anonymous"],
  bearer: ["better-auth/plugins", "bearer"],
  captcha: ["better-auth/plugins/captcha", "captcha"],
  "custom-session": ["better-auth/plugins", "customSession", 2],
  "device-authorization": ["better-auth/plugins", "deviceAuthorization"],
  electron: ["@better-auth/electron", "electron"],
  "email-otp": ["better-auth/plugins", "emailOTP"],
  expo: ["@better-auth/expo", "expo"],
  "generic-oauth": ["better-auth/plugins", "genericOAuth"],
  "have-i-been-pwned": ["better-auth/plugins", "haveIBeenPwned"],
  i18n: ["@better-auth/i18n", "i18n"],
  jwt: ["better-auth/plugins", "jwt"],
  "last-login-method": ["better-auth/plugins", "lastLoginMethod"],
  "magic-link": ["better-auth/plugins", "magicLink"],
  "multi-session": ["better-auth/plugins", "multiSession"],
  "oauth-popup": ["better-auth/plugins", "oauthPopup"],
  "oauth-proxy": ["better-auth/plugins", "oAuthProxy"],
  "one-tap": ["better-auth/plugins/one-tap", "oneTap"],
  "one-time-token": ["better-auth/plugins", "oneTimeToken"],
  "open-api": ["better-auth/plugins/open-api", "openAPI"],
  organization: ["better-auth/plugins", "organization"],
  passkey: ["@better-auth/passkey", "passkey"],
  "phone-number": ["better-auth/plugins", "phoneNumber"],
  siwe: ["better-auth/plugins", "siwe"],
  "two-factor": ["better-auth/plugins", "twoFactor"],
  username: ["better-auth/plugins", "username"],
  "api-key": ["@better-auth/api-key", "apiKey"],
  "oauth-provider": ["@better-auth/oauth-provider", "oauthProvider"],
  mcp: ["@better-auth/mcp", "mcp"],
  scim: ["@better-auth/scim", "scim"],
  sso: ["@better-auth/sso", "sso"],
  stripe: ["@better-auth/stripe", "stripe"],
};

// Values that a program makes, with methods and state of their own: not tables of options.
const values = new Set(["SecondaryStorage", "BetterAuthPlugin", "BetterAuthRateLimitStorage"]);
const packages = /\/node_modules\/(better-auth|@better-auth\/[^/]+|better-call|@simplewebauthn\/[^/]+)\//;
const DEEPEST = 8;

const entry = new URL("options.types.ts", import.meta.url).pathname;
const source = [
  'import type { BetterAuthOptions } from "better-auth";',
  "export type Core = BetterAuthOptions;",
  "type At<Arguments, Index> = Index extends keyof Arguments ? Arguments[Index] : never;",
  ...Object.values(plugins).map(([module, name, at = 0], index) =>
    `export type Plugin${index} = At<Parameters<typeof import("${module}").${name}>, "${at}">;`),
].join("\n");
const compiler = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  skipLibCheck: true,
  types: [],
};
const host = ts.createCompilerHost(compiler);
const { fileExists, readFile, getSourceFile } = host;
host.fileExists = (name) => name === entry || fileExists(name);
host.readFile = (name) => (name === entry ? source : readFile(name));
host.getSourceFile = (name, language) =>
  name === entry ? ts.createSourceFile(name, source, language) : getSourceFile(name, language);
const program = ts.createProgram([entry], compiler, host);
const checker = program.getTypeChecker();

const nameOf = (type) => type.aliasSymbol?.name ?? type.symbol?.name ?? "";
const isNothing = (type) => Boolean(type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null | ts.TypeFlags.Void));
const partsOf = (type) => (type.isUnion() ? type.types : [type]).filter((part) => !isNothing(part));

function isTable(type) {
  if (values.has(nameOf(type)) || !(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return false;
  if (type.getCallSignatures().length || type.getConstructSignatures().length) return false;
  const indexed = type.getStringIndexType();
  const members = checker.getPropertiesOfType(type);
  if (indexed && !members.length) return !(indexed.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown));
  // What lib.d.ts, Node and other libraries declare (Date, Headers, a pool of connections) is a value.
  const declared = [...members, type.aliasSymbol ?? type.symbol].flatMap((one) => one?.declarations ?? []);
  return members.length > 0 && declared.some((one) => packages.test(one.getSourceFile().fileName));
}

function elementOf(type) {
  if (!checker.isArrayType(type) && !checker.isTupleType(type)) return null;
  return checker.getTypeArguments(type)[0] ?? null;
}

/** What one part of a type is called: "string", "function", a literal as JSON. */
function kindOf(type) {
  if (type.flags & ts.TypeFlags.BooleanLiteral) return checker.typeToString(type);
  if (type.isStringLiteral() || type.isNumberLiteral()) return JSON.stringify(type.value);
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return "anything";
  if (type.flags & ts.TypeFlags.StringLike) return "string";
  if (type.flags & ts.TypeFlags.NumberLike) return "number";
  if (elementOf(type)) return "list";
  if (type.getCallSignatures().length) return "function";
  if (isTable(type)) return "table";
  return nameOf(type).replace(/^__type$/, "value") || "value";
}

function describe(type, path, found, above) {
  const parts = partsOf(type).flatMap((part) => (isPlainIntersection(part) ? plainOf(part) : [part]));
  const kinds = [...new Set(parts.map(kindOf))];
  const isBoolean = kinds.includes("true") && kinds.includes("false");
  const told = kinds.filter((kind) => !isBoolean || (kind !== "true" && kind !== "false"));
  if (path) found[path] = [...new Set([...(found[path] ?? []), ...told, ...(isBoolean ? ["boolean"] : [])])].sort();
  for (const part of parts) {
    if (above.length > DEEPEST || above.includes(part)) continue;
    const element = elementOf(part);
    if (element) describeInside(element, `${path}[]`, found, [...above, part]);
    else if (isTable(part)) walk(part, path, found, [...above, part]);
  }
}

/** A list or a table of keys is told by its own line; what is inside by further lines only if those are tables. */
function describeInside(type, path, found, above) {
  for (const part of partsOf(type)) {
    if (isTable(part) && !above.includes(part)) walk(part, path, found, [...above, part]);
  }
}

function walk(table, path, found, above) {
  for (const member of checker.getPropertiesOfType(table)) {
    const under = path ? `${path}.${member.name}` : member.name;
    describe(checker.getTypeOfSymbol(member), under, found, above);
  }
  const indexed = table.getStringIndexType();
  if (indexed) describe(indexed, `${path}.*`, found, above);
}

// `string & {}`, which stands for "these words, or any other".
const plainOf = (type) => type.types.filter((part) => part.flags & ts.TypeFlags.StringLike);
const isPlainIntersection = (type) => type.isIntersection() && plainOf(type).length > 0;

const file = program.getSourceFile(entry);
const errors = program.getSemanticDiagnostics(file);
if (errors.length) throw new Error(ts.formatDiagnostics(errors, { ...host, getCanonicalFileName: (name) => name }));
const types = Object.fromEntries(
  file.statements.filter(ts.isTypeAliasDeclaration).map((one) => [one.name.text, checker.getTypeAtLocation(one.name)]),
);
const optionsOf = (type) => {
  const found = {};
  for (const part of partsOf(type)) describe(part, "", found, []);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
};
const pinned = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")).dependencies;
const options = { core: optionsOf(types.Core) };
Object.keys(plugins).forEach((id, index) => (options[id] = optionsOf(types[`Plugin${index}`])));
const lines = Object.entries(options).map(([owner, found]) => {
  const own = Object.entries(found).map(([path, kinds]) => `  ${JSON.stringify(path)}: ${JSON.stringify(kinds)}`);
  return ` ${JSON.stringify(owner)}: {${own.length ? `\n${own.join(",\n")}\n ` : ""}}`;
});
process.stdout.write(`{"reference": "better-auth ${pinned["better-auth"]}", "options": {\n${lines.join(",\n")}\n}}\n`);
