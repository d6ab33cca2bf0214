// The demo's page in a real Chromium: somebody signs up with the JavaScript client and calls Python services on other
// origins with the session's cookie. One JSON line per step on stdout; the first that fails ends the run.
// Usage: node services.mjs --page URL --foreign URL --services '{"fastapi": URL, ...}' --chromium PATH --screenshots DIR
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";

const names = ["page", "foreign", "services", "chromium", "screenshots"];
const { values: args } = parseArgs({ options: Object.fromEntries(names.map((name) => [name, { type: "string" }])) });
for (const name of names) if (!args[name]) throw new Error(`--${name} is missing`);
const services = JSON.parse(args.services);

mkdirSync(args.screenshots, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), "betterauth-chromium-"));
const watchdog = setTimeout(() => process.exit(2), 120_000);
const context = await chromium.launchPersistentContext(profile, {
  executablePath: args.chromium,
  ...LAUNCH,
  viewport: { width: 1200, height: 800 },
  locale: "en-GB",
});
context.setDefaultTimeout(15_000);
const [page] = context.pages();
const problems = [];
page.on("pageerror", (error) => problems.push(String(error)));

let failed = false;
try {
  await step("open", async () => {
    await page.goto(args.page);
    await page.getByRole("button", { name: "Create account" }).waitFor();
    await screenshots("signed-out");
    return { answers: await ask("GET", "/me") };
  });
  await step("sign up", async () => {
    await page.getByLabel("Name").fill("Ada Lovelace");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill("correct horse battery");
    await page.getByRole("button", { name: "Create account" }).click();
    const shown = await answer("200 OK");
    await screenshots("signed-in");
    return { shown, answers: await ask("GET", "/me") };
  });
  await step("add a note", async () => {
    await page.getByLabel("A note").fill("from the page");
    await page.getByRole("button", { name: "POST /notes" }).click();
    return { shown: await answer("201 Created"), answers: await ask("POST", "/notes", { text: "from a script" }) };
  });
  await step("let a page that is not trusted try", async () => {
    const foreign = await context.newPage();
    await foreign.goto(args.foreign);
    // No preflight keeps this from the services, and the cookie travels: another port is the same site.
    const blind = { method: "POST", mode: "no-cors", credentials: "include", body: JSON.stringify({ text: "forged" }) };
    await foreign.evaluate(
      ([urls, init]) => Promise.all(urls.map((url) => fetch(`${url}/notes`, init))),
      [Object.values(services), blind],
    );
    const read = await foreign.evaluate(
      (url) => fetch(`${url}/me`, { credentials: "include" }).then(() => "read", () => "blocked by CORS"),
      services.fastapi,
    );
    await foreign.close();
    return { read, answers: await ask("GET", "/notes") };
  });
  await step("greet", async () => ({ answers: await ask("GET", "/greeting") }));
  await step("sign out", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    const shown = await answer("401 Unauthorized");
    await screenshots("signed-out-again");
    return { shown, answers: await ask("GET", "/me") };
  });
} catch {
  failed = true; // The step has said why.
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  clearTimeout(watchdog);
}
process.exit(failed ? 1 : 0);

async function step(name, act) {
  try {
    const result = await act();
    if (problems.length > 0) throw new Error(problems.join("\n"));
    console.log(JSON.stringify({ step: name, ...result }));
  } catch (error) {
    await page.screenshot({ path: join(args.screenshots, "failure.png") }).catch(() => {});
    console.log(JSON.stringify({ step: name, failure: String(error) }));
    throw error;
  }
}

/** Asks every service from the page, as an application's script would: { name: [status, body] }. */
function ask(method, path, body) {
  return page.evaluate(
    async ([urls, call, place, sent]) => {
      const asked = Object.entries(urls).map(async ([name, url]) => {
        const headers = sent ? { "Content-Type": "application/json" } : {};
        const init = { method: call, headers, credentials: "include", body: sent && JSON.stringify(sent) };
        const response = await fetch(url + place, init);
        return [name, [response.status, await response.json()]];
      });
      return Object.fromEntries(await Promise.all(asked));
    },
    [services, method, path, body],
  );
}

/** What the page shows of the last answer, once it has that status. */
async function answer(status) {
  await page.locator("#status").getByText(status, { exact: true }).waitFor();
  return JSON.parse(await page.locator("#body").textContent());
}

async function screenshots(name) {
  for (const [suffix, width, colorScheme] of [["narrow", 390, "light"], ["dark", 1200, "dark"], ["wide", 1200, "light"]]) {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(args.screenshots, `${name}-${suffix}.png`), animations: "disabled", fullPage: true });
  }
}
