// Goes through `make demo-oauth` in Chromium: one JSON line per step on stdout.
// Usage: node demo_oauth.mjs --page URL --chromium PATH --screenshots DIR
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";

const names = ["page", "chromium", "screenshots"];
const { values: args } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
mkdirSync(args.screenshots, { recursive: true });

const browser = await chromium.launch({ ...LAUNCH, executablePath: args.chromium });
try {
  const context = await browser.newContext({ locale: "en-GB" });
  context.setDefaultTimeout(20_000);
  const tab = await context.newPage();
  await tab.goto(args.page);
  await screenshot("sign-in");
  await press("Continue with Google");
  await press("Cancel");
  await tab.getByRole("alert").waitFor();
  await screenshot("said-no");
  report("say no", { message: await tab.getByRole("alert").textContent() });
  await press("Continue with GitHub");
  await press("Log in");
  await press("Allow");
  await tab.getByRole("heading", { name: "You are signed in" }).waitFor();
  report("sign in", { name: await tab.locator(".name").textContent(), email: await tab.locator(".email").textContent() });
  await accounts();
  await press("Link Microsoft");
  await press("Allow");
  await tab.getByRole("heading", { name: "You are signed in" }).waitFor();
  await accounts();
  await screenshot("linked");
  report("link another", { accounts: await tab.locator(".device").allTextContents() });

  async function accounts() {
    await tab.locator("summary", { hasText: "Linked accounts" }).click();
    await tab.locator(".device").first().waitFor();
  }

  async function press(name) {
    await tab.getByRole("button", { name, exact: true }).click();
  }

  async function screenshot(name) {
    await tab.screenshot({ path: join(args.screenshots, `demo-oauth-${name}.png`), fullPage: true });
  }
} finally {
  await browser.close();
}

function report(step, told) {
  console.log(JSON.stringify({ step, ...told }));
}
