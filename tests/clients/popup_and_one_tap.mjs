// The unmodified popup and one-tap clients on a page in Chromium, and a real identity provider.
// Usage: node popup_and_one_tap.mjs --page URL --api URL --provider URL --chromium PATH
//
// Google's script alone is a stand-in: its prompt hands out an ID token that the identity provider has signed. One JSON
// line per step on stdout: { step, ... }.
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";

const names = ["page", "api", "provider", "chromium"];
const { values: args } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
const RUN_MS = 90_000;
const watchdog = setTimeout(() => {
  console.error(`gave up after ${RUN_MS} ms`);
  process.exit(2);
}, RUN_MS);

const GSI = "https://accounts.google.com/gsi/client";
const STAND_IN = `
  window.google = { accounts: { id: {
    initialize(options) { window.asked = options; },
    prompt() { window.asked.callback({ credential: window.credential }); },
    renderButton(container) {
      const button = document.createElement("button");
      button.textContent = "Sign in with Google";
      button.onclick = () => this.prompt();
      container.append(button);
    },
  } } };
`;
const home = `${args.page}/?framework=plugins`;
const browser = await chromium.launch({ ...LAUNCH, executablePath: args.chromium });
try {
  const tab = await open();
  const refused = popup(tab, async (window) => press(window, "Cancel"));
  report("say no in the popup", await refused);
  const closed = popup(tab, async (window) => window.close());
  report("close the popup", await closed);
  const done = await popup(tab, async (window) => {
    await press(window, "Log in");
    await press(window, "Allow");
  });
  report("sign in in the popup", { ...done, address: tab.url(), shown: await shown(tab) });

  const strange = await open(args.page.replace("localhost", "127.0.0.1"));
  report("a popup of a page that is not trusted", await popup(strange, async (window) => {
    await window.getByText("INVALID_ORIGIN").waitFor();
    await window.close();
  }));

  const other = await open();
  await withToken(other, { aud: "another" });
  await other.evaluate(() => window.client.oneTap({ callbackURL: "/?framework=plugins&signed-in=yes" }));
  report("a token for another application", { address: other.url(), session: await session(other) });
  await withToken(other, {});
  await other.evaluate(() => void window.client.oneTap({ callbackURL: "/?framework=plugins&signed-in=yes", nonce: "n" }));
  await other.waitForURL(/signed-in=yes/);
  report("one tap", { shown: await shown(other) });

  const button = await open();
  await withToken(button, {});
  await button.evaluate(async () => {
    const container = document.body.appendChild(document.createElement("div"));
    await window.client.oneTap({ button: { container }, callbackURL: "/?framework=plugins&signed-in=yes" });
  });
  await press(button, "Sign in with Google");
  await button.waitForURL(/signed-in=yes/);
  report("Google's button", { shown: await shown(button) });
} finally {
  await browser.close();
  clearTimeout(watchdog);
}

async function open(page = args.page) {
  const context = await browser.newContext();
  context.setDefaultTimeout(20_000);
  await context.route(GSI, (route) => route.fulfill({ contentType: "text/javascript", body: STAND_IN }));
  const tab = await context.newPage();
  await tab.goto(`${page}/?framework=plugins`);
  await tab.waitForFunction(() => window.client);
  return tab;
}

/** What `signIn.popup` resolves with, after `act` has been in the popup. */
async function popup(tab, act) {
  const opened = tab.waitForEvent("popup");
  await tab.evaluate(() => {
    window.outcome = window.client.signIn.popup({ provider: "acme" });
  });
  const window = await opened;
  await act(window);
  return tab.evaluate(() => window.outcome);
}

/** The token that Google's prompt hands out next, signed by the identity provider. */
async function withToken(tab, changes) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: "https://accounts.google.com", aud: "web", sub: "1", email: "grace@example.com", email_verified: true,
    name: "Grace Hopper", iat: now, exp: now + 600, ...changes,
  }; // prettier-ignore
  const answer = await fetch(`${args.provider}/control`, { method: "POST", body: JSON.stringify({ sign: claims }) });
  const { token } = await answer.json();
  await tab.evaluate((credential) => (window.credential = credential), token);
}

async function press(tab, name) {
  await tab.getByRole("button", { name, exact: true }).click();
}

async function session(tab) {
  return (await tab.evaluate(() => window.client.getSession())).data;
}

async function shown(tab) {
  await tab.getByText("@").waitFor();
  return tab.locator("#session").textContent();
}

function report(step, told) {
  console.log(JSON.stringify({ step, ...told }));
}
