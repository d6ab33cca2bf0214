// A page with the unmodified client in Chromium, and a real identity provider that it leads to.
// Usage: node provider_sign_in.mjs --page URL --api URL --provider URL --chromium PATH [--screenshots DIR]
//
// One JSON line per step on stdout: { step, ... }.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";

const names = ["page", "api", "provider", "chromium", "screenshots"];
const { values: args } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
const RUN_MS = 90_000;
const EXPIRY_SECONDS = 4; // So little is left from the beginning that every request for the token refreshes it.
const watchdog = setTimeout(() => {
  console.error(`gave up after ${RUN_MS} ms`);
  process.exit(2);
}, RUN_MS);
if (args.screenshots) mkdirSync(args.screenshots, { recursive: true });

const home = `${args.page}/?framework=vanilla`;
const browser = await chromium.launch({ ...LAUNCH, executablePath: args.chromium });
try {
  const tab = await open();
  await control({ accessTokenSeconds: EXPIRY_SECONDS });
  await start(tab, "acme");
  await screenshot(tab, "login");
  report("the provider's login page", { title: await tab.title() });
  await logIn(tab);
  await screenshot(tab, "signed-in");
  report("sign in", await session(tab));
  const accounts = must(await call(tab, "listAccounts"));
  report("list the accounts", { accounts });
  const chosen = { accountId: accounts[0].id };
  report("the account's profile", must(await call(tab, "accountInfo", { query: chosen })));

  const token = async () => must(await call(tab, "getAccessToken", chosen)).accessToken;
  const worksAt = async (bearer) =>
    (await fetch(`${args.provider}/me`, { headers: { authorization: `Bearer ${bearer}` } })).status;
  const first = await token();
  const issued = Date.now();

  const other = await open();
  const pages = { "say no": { errorCallbackURL: `${home}&failed=yes` }, "say no without a page for errors": {} };
  for (const [step, urls] of Object.entries(pages)) {
    await start(other, "acme", urls);
    await press(other, "Cancel");
    await other.waitForURL(/[?&]error=/);
    const text = other.locator("body").filter({ hasNotText: /^\s*pending\s*$/ });
    report(step, { address: other.url(), text: await text.innerText() });
    await goHome(other);
  }
  await start(other, "acme");
  await press(other, "Log in");
  await press(other, "Cancel");
  await other.waitForURL(/[?&]error=/);
  report("say no at the consent page", { address: other.url() });
  await other.context().close();

  await sleep(Math.max(0, EXPIRY_SECONDS * 1000 + 1100 - (Date.now() - issued)));
  const expired = await worksAt(first);
  const second = await token();
  const third = await token();
  report("refresh an expired token", {
    expired,
    refreshed: await worksAt(third),
    different: new Set([first, second, third]).size,
  });
  // With a refresh token that rotates, two requests that use the same one would end the grant.
  const atOnce = await Promise.all([token(), token(), token()]);
  report("refresh at once", { statuses: await Promise.all(atOnce.map(worksAt)) });
  await control({ accessTokenSeconds: 3600 });
  const long = await token();
  report("keep a token that is good", { same: long === (await token()) });

  await again("sign in again");
  await control({ rotateKeys: true });
  await again("sign in after the keys have changed");

  await tab.evaluate((callbackURL) => void window.client.linkSocial({ provider: "basic", callbackURL }), home);
  await press(tab, "Allow");
  await tab.waitForURL(home);
  report("link another", { accounts: must(await call(tab, "listAccounts")).map(({ providerId }) => providerId) });

  // As a thief would: the provider revokes what came of the refresh token.
  const { refreshToken } = must(await call(tab, "refreshToken", chosen));
  await call(tab, "refreshToken", chosen);
  const replay = await fetch(`${args.provider}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: refreshToken,
      client_id: "web",
      client_secret: "web's secret",
    }),
  });
  const { error } = await call(tab, "refreshToken", chosen);
  const { user } = await session(tab);
  report("refresh after the provider has revoked", { replay: (await replay.json()).error, error, user });

  await tab.evaluate(() => void window.client.signOut());
  await tab.waitForURL(`${args.provider}/session/end**`);
  await tab.getByRole("button", { name: /yes/i }).click();
  await tab.waitForURL(`${args.provider}/session/end/success**`);
  await goHome(tab);
  const { data } = await call(tab, "getSession");
  await start(tab, "acme");
  report("sign out at the provider, too", { session: data, title: await tab.title() });

  async function again(step) {
    await call(tab, "signOut", { disableRedirect: true });
    await start(tab, "acme");
    await press(tab, "Allow");
    await tab.waitForURL(home);
    report(step, await session(tab));
  }
} finally {
  await browser.close();
  clearTimeout(watchdog);
}

async function open() {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  const tab = await context.newPage();
  await goHome(tab);
  return tab;
}

async function goHome(tab) {
  await tab.goto(home);
  await tab.waitForFunction(() => window.client);
}

/** From the page to the provider's. */
async function start(tab, provider, urls = {}) {
  await tab.evaluate((options) => void window.client.signIn.social(options), { provider, callbackURL: home, ...urls });
  await tab.waitForURL(`${args.provider}/interaction/**`);
}

async function logIn(tab) {
  await press(tab, "Log in");
  await screenshot(tab, "consent");
  await press(tab, "Allow");
  await tab.waitForURL(home);
}

async function press(tab, name) {
  await tab.getByRole("button", { name, exact: true }).click();
}

function call(tab, method, argument) {
  return tab.evaluate(([name, given]) => window.client[name](given), [method, argument]);
}

async function session(tab) {
  await tab.getByText("@").waitFor();
  const { user } = (await call(tab, "getSession")).data;
  return { shown: await tab.locator("#session").textContent(), user: user.id, verified: user.emailVerified };
}

async function control(wanted) {
  await fetch(`${args.provider}/control`, { method: "POST", body: JSON.stringify(wanted) });
}

async function screenshot(tab, name) {
  if (args.screenshots) await tab.screenshot({ path: join(args.screenshots, `provider-${name}.png`) });
}

function report(step, told) {
  console.log(JSON.stringify({ step, ...told }));
}

function must({ data, error }) {
  if (error) throw new Error(JSON.stringify(error));
  return data;
}
