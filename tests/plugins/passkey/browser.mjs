// The unmodified `passkeyClient` in a real Chromium with the virtual authenticator of the DevTools protocol.
// Usage: node browser.mjs --api URL --chromium PATH. Prints one JSON object: what each step returned.
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { LAUNCH } from "../../clients/launch.mjs";

const clients = join(dirname(fileURLToPath(import.meta.url)), "../../clients");
const require = createRequire(join(clients, "package.json"));
const { chromium } = require("playwright-core");
const { buildSync } = require("esbuild");

const { values: args } = parseArgs({ options: { api: { type: "string" }, chromium: { type: "string" } } });
const watchdog = setTimeout(() => process.exit(2), 60_000);

const script = buildSync({
  stdin: {
    contents: `
      import { createAuthClient } from "better-auth/client";
      import { passkeyClient } from "@better-auth/passkey/client";
      window.client = createAuthClient({ plugins: [passkeyClient()] });
    `,
    resolveDir: clients,
  },
  bundle: true,
  format: "iife",
  write: false,
}).outputFiles[0].text;
const html = '<!doctype html><input name="user" autocomplete="username webauthn"><script src="/page.js"></script>';

const profile = mkdtempSync(join(tmpdir(), "betterauth-passkey-"));
const context = await chromium.launchPersistentContext(profile, { executablePath: args.chromium, ...LAUNCH });
context.setDefaultTimeout(20_000);
await context.route(`${args.api}/page`, (route) => route.fulfill({ contentType: "text/html", body: html }));
await context.route(`${args.api}/page.js`, (route) => route.fulfill({ contentType: "text/javascript", body: script }));
const [page] = context.pages();
const protocol = await context.newCDPSession(page);
await protocol.send("WebAuthn.enable", { enableUI: false });
const { authenticatorId } = await protocol.send("WebAuthn.addVirtualAuthenticator", {
  options: {
    protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true,
  }, // prettier-ignore
});
await page.goto(`${args.api}/page`);

const happened = {};
const step = async (name, work, given) => (happened[name] = await page.evaluate(work, given));
const credentials = { name: "Ada", email: "ada@example.com", password: "correct horse" };
try {
  await step("sign up", async (given) => (await client.signUp.email(given)).data.user.email, credentials);
  await step("add", async () => (await client.passkey.addPasskey({ name: "Laptop" })).data);
  await step("add again", async () => (await client.passkey.addPasskey()).error.code);
  happened.kept = (await protocol.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length;
  await step("list", async () => (await client.passkey.listUserPasskeys()).data.map(({ name }) => name));
  const signOut = async () => (await client.signOut()).data.success;
  const session = async () => (await client.getSession()).data?.user.email ?? null;
  await step("sign out", signOut);
  await step("signed out", session);
  await step("sign in", async () => (await client.signIn.passkey()).data.user.email);
  await step("signed in", session);
  const { id } = happened.add;
  await step("rename", async (id) => (await client.passkey.updatePasskey({ id, name: "Work" })).data.passkey.name, id);
  await step("sign out again", signOut);
  await step("autofill", async () => {
    const possible = await PublicKeyCredential.isConditionalMediationAvailable();
    return [possible, (await client.signIn.passkey({ autoFill: true })).data.user.email];
  });
  await step("signed in by autofill", session);
  await protocol.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await step("another person", async () => (await client.signIn.passkey()).error?.code ?? null);
  await protocol.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await step("delete", async (id) => (await client.passkey.deletePasskey({ id })).data.status, id);
  await step("sign out at last", signOut);
  await step("sign in without it", async () => {
    const { error } = await client.signIn.passkey();
    return [error.status, error.code];
  });
} catch (error) {
  happened.failure = String(error);
}
await context.close();
rmSync(profile, { recursive: true, force: true });
clearTimeout(watchdog);
console.log(JSON.stringify(happened));
