// The inventory of the reference, on standard output: every endpoint, table and error code of the core, of every plugin and
// of the companions, with each option on that adds some. contracts/endpoints.json is this; `make reference` writes it.

import { readFileSync } from "node:fs";
import { apiKey } from "@better-auth/api-key";
import { electron } from "@better-auth/electron";
import { expo } from "@better-auth/expo";
import { oauthProvider } from "@better-auth/oauth-provider";
import { passkey } from "@better-auth/passkey";
import { scim } from "@better-auth/scim";
import { sso } from "@better-auth/sso";
import { stripe } from "@better-auth/stripe";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import * as plugins from "better-auth/plugins";
import { captcha } from "better-auth/plugins/captcha";
import { oneTap } from "better-auth/plugins/one-tap";
import { openAPI } from "better-auth/plugins/open-api";

const nothing = async () => {};
const page = "/page";
const everyPlugin = [
  plugins.admin(),
  plugins.anonymous(),
  plugins.bearer(),
  captcha({ provider: "cloudflare-turnstile", secretKey: "x" }),
  plugins.deviceAuthorization({ verificationUri: page }),
  plugins.emailOTP({ sendVerificationOTP: nothing }),
  plugins.genericOAuth({ config: [] }),
  plugins.haveIBeenPwned(),
  plugins.jwt(),
  plugins.lastLoginMethod({ storeInDatabase: true }),
  plugins.magicLink({ sendMagicLink: nothing }),
  plugins.multiSession(),
  plugins.oAuthProxy(),
  oneTap({ clientId: "x" }),
  plugins.oneTimeToken(),
  openAPI(),
  plugins.organization({ teams: { enabled: true }, dynamicAccessControl: { enabled: true }, sendInvitationEmail: nothing }),
  plugins.phoneNumber({ sendOTP: nothing }),
  plugins.siwe({ domain: "localhost", getNonce: nothing, verifyMessage: nothing }),
  plugins.twoFactor(),
  plugins.username(),
  passkey(),
  apiKey(),
  oauthProvider({ loginPage: page, consentPage: page }),
  sso({ domainVerification: { enabled: true }, saml: { enableSingleLogout: true } }),
  plugins.oauthPopup(),
  scim({ connections: [], managedConnections: { credentialHashSecret: "x".repeat(32) } }),
  stripe({ stripeClient: {}, stripeWebhookSecret: "x", subscription: { enabled: true, plans: [] }, organization: { enabled: true } }),
  expo(),
  electron(),
];

// What better-auth takes for granted of a field without `required`.
const typeOf = ({ type, required = true }, unique) =>
  `${typeof type === "string" ? type : "string"}${required ? "" : "?"}${unique ? " unique" : ""}`;

function visibility({ path, options: { metadata = {} } }) {
  if (!path || metadata.SERVER_ONLY) return "server-only";
  if (metadata.scope === "http") return "http-only";
  return metadata.scope === "server" ? "hidden-from-client" : "client";
}

const described = (owner, endpoints) =>
  Object.entries(endpoints ?? {}).map(([operation, endpoint]) => ({
    owner,
    operation,
    path: endpoint.path ?? null,
    methods: [endpoint.options.method].flat(),
    visibility: visibility(endpoint),
  }));

const note =
  "Read from the running library by contracts/oracle/endpoints.mjs: every endpoint with its path under the base path /api/auth. Columns a plugin adds " +
  "are in tables: model -> field -> type ('?' optional). Without endpoints of their own: bearer, captcha, generic-oauth, have-i-been-pwned, " +
  "last-login-method, i18n, redis-storage; custom-session replaces /get-session; mcp is oauth-provider under the same id (never both), plus what it answers " +
  "before the router: GET and HEAD /.well-known/oauth-protected-resource and the same followed by the resource's path, at the root of the server. " +
  "oauth-provider, too, answers before the router: /.well-known/oauth-authorization-server with the path of the issuer after or before it, and the path of " +
  "the issuer with /.well-known/openid-configuration.";
const core = betterAuth({ baseURL: "http://localhost:3000", secret: "x".repeat(40), logger: { disabled: true }, database: memoryAdapter({}) });
const endpoints = described("core", core.api);
const tables = {};
const errorCodes = {};
for (const plugin of everyPlugin) {
  endpoints.push(...described(plugin.id, plugin.endpoints));
  const models = Object.entries(plugin.schema ?? {}).map(([name, { fields, indexes = [] }]) => {
    const unique = indexes.filter((index) => index.unique && index.fields.length === 1).flatMap((index) => index.fields);
    const typed = Object.entries(fields).map(([field, given]) => [field, typeOf(given, given.unique || unique.includes(field))]);
    return [name, Object.fromEntries(typed)];
  });
  if (models.some(([, fields]) => Object.keys(fields).length)) tables[plugin.id] = Object.fromEntries(models);
  const codes = Object.keys(plugin.$ERROR_CODES ?? {});
  if (codes.length) errorCodes[plugin.id] = codes;
}

const pinned = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")).dependencies;
const companions = Object.entries(pinned).filter(([name]) => name.startsWith("@better-auth/"));
const reference = [`better-auth ${pinned["better-auth"]}`, ...companions.map(([name, version]) => `${name} ${version}`)].join(", ");
process.stdout.write(`${JSON.stringify({ reference, note, endpoints, tables, error_codes: errorCodes }, null, 1)}\n`);
