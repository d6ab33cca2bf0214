// An OpenID provider on this machine: the certified `oidc-provider` with pages of its own, instead of an account
// somewhere. Its state lives in memory.
// Usage: node identity_provider.mjs PORT CLIENTS
//
// CLIENTS is JSON, the metadata of each client under its id. Everybody exists: people are who they say at the login.
// PKCE is required; refresh tokens rotate, and using one twice revokes what came of it.
// `POST /control` is for tests: { "rotateKeys": true } signs with a new key from now on, { "accessTokenSeconds": 3 } is
// the life of the access tokens to come, and { "sign": claims } answers with a token of these claims, signed by the key
// of now, which stands for a provider that nobody can have here. One JSON line on stdout for each token request.
import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";
import { createMemoryAdapter } from "oidc-provider/lib/adapters/memory_adapter.js";
import { consentPage, errorPage, loginPage } from "./identity_provider_pages.mjs";

const [port, clients] = process.argv.slice(2);
const issuer = `http://localhost:${port}`;
// What outlives the keys.
const adapter = createMemoryAdapter();
const cookieKeys = [randomUUID()];
let accessTokenSeconds = 3600;
let key;
let provider = startProvider();

function startProvider() {
  const made = new Provider(issuer, {
    clients: Object.entries(JSON.parse(clients)).map(([client_id, client]) => ({
      client_id,
      grant_types: ["authorization_code", "refresh_token"],
      ...client,
    })),
    adapter,
    jwks: { keys: [signingKey()] },
    cookies: { keys: cookieKeys },
    scopes: ["openid", "offline_access"],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "picture"] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    features: { devInteractions: { enabled: false }, dPoP: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => claimsOf(sub) }),
    renderError(ctx, { error, error_description: reason }) {
      ctx.type = "html";
      ctx.body = errorPage(error, reason);
    },
    ttl: {
      AccessToken: () => accessTokenSeconds,
      IdToken: 3600,
      RefreshToken: 86400,
      Grant: 86400,
      Session: 86400,
      Interaction: 600,
      AuthorizationCode: 60,
    },
  });
  made.on("grant.success", ({ oidc }) => log({ grant: oidc.params.grant_type, client: oidc.client.clientId }));
  made.on("grant.error", (_, error) => log({ refused: error.error, why: error.error_detail }));
  made.on("server_error", (_, error) => console.error(error));
  return made;
}

function signingKey() {
  const made = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  key = { ...made, alg: "RS256", use: "sig", kid: randomUUID() };
  return key;
}

function signed(claims) {
  const part = (value) => Buffer.from(value).toString("base64url");
  const text = [{ alg: "RS256", kid: key.kid, typ: "JWT" }, claims].map((one) => part(JSON.stringify(one))).join(".");
  return `${text}.${part(sign("sha256", Buffer.from(text), createPrivateKey({ key, format: "jwk" })))}`;
}

function claimsOf(sub) {
  const [email, ...name] = Buffer.from(sub, "base64url").toString().split(" ");
  return { sub, email, email_verified: true, name: name.join(" ") };
}

function log(line) {
  console.log(JSON.stringify(line));
}

async function interact(request, response) {
  const details = await provider.interactionDetails(request, response);
  const { prompt, params, grantId, session } = details;
  const client = await provider.Client.find(params.client_id);
  const isLogin = prompt.name === "login";
  if (request.method === "GET") {
    const page = isLogin
      ? loginPage(client, params.login_hint)
      : consentPage(client, claimsOf(session.accountId), params.scope);
    return response.setHeader("content-type", "text/html; charset=utf-8").end(page);
  }
  const form = new URLSearchParams(await body(request));
  const finish = (result) => provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  if (form.has("cancel")) return finish({ error: "access_denied", error_description: "The user has said no." });
  if (isLogin) {
    const accountId = Buffer.from(`${form.get("email")} ${form.get("name")}`).toString("base64url");
    return finish({ login: { accountId } });
  }
  const before = grantId && (await provider.Grant.find(grantId));
  const grant = before || new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope(params.scope);
  return finish({ consent: { grantId: await grant.save() } });
}

async function control(request, response) {
  const wanted = JSON.parse(await body(request));
  accessTokenSeconds = wanted.accessTokenSeconds ?? accessTokenSeconds;
  if (wanted.rotateKeys) provider = startProvider();
  if (wanted.sign) return response.end(JSON.stringify({ token: signed(wanted.sign) }));
  response.writeHead(204).end();
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

createServer(async (request, response) => {
  try {
    if (request.url === "/health/ready") response.end("ready");
    else if (request.url === "/control" && request.method === "POST") await control(request, response);
    else if (request.url.startsWith("/interaction/")) await interact(request, response);
    else await provider.callback()(request, response);
  } catch (error) {
    response.writeHead(400, { "content-type": "text/html; charset=utf-8" }).end(errorPage(error.name, error.message));
  }
}).listen(Number(port), "localhost");
process.on("SIGTERM", () => process.exit(0));
