// The client code of examples/nextjs in a real Chromium: signs up, calls each Python service its way, signs out.
// Usage: node nextjs_page.mjs PAGE_URL CHROMIUM
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";

const [pageURL, executablePath] = process.argv.slice(2);
const WAYS = { remote: "callBackend", database: "callBackend", tokens: "callBackendWithToken" };

const profile = mkdtempSync(join(tmpdir(), "betterauth-chromium-"));
const watchdog = setTimeout(() => process.exit(2), 90_000);
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  ...LAUNCH,
});
context.setDefaultTimeout(15_000);
const [page] = context.pages();

try {
  await callAll("before");
  await page.evaluate(() =>
    authClient.signUp.email({ name: "Ada Lovelace", email: "ada@example.com", password: "correct horse battery" }),
  );
  await callAll("signed in");
  await page.goto(`${pageURL}/remote`);
  const statuses = await page.evaluate(async () => {
    const seen = new Set();
    for (let count = 0; count < 120; count += 1) seen.add((await callBackend("/me")).status);
    return [...seen];
  });
  console.log(JSON.stringify({ step: "often", statuses }));
  await page.evaluate(() => authClient.signOut());
  await callAll("after");
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  clearTimeout(watchdog);
}

async function callAll(step) {
  const answers = {};
  for (const [name, call] of Object.entries(WAYS)) {
    await page.goto(`${pageURL}/${name}`);
    answers[name] = await page.evaluate(async (method) => {
      try {
        const response = await window[method]("/me");
        return [response.status, await response.json()];
      } catch (error) {
        return [0, error.message];
      }
    }, call);
  }
  answers.server = await page.evaluate(async () => {
    const response = await fetch("/server-component");
    return [response.status, await response.json()];
  });
  console.log(JSON.stringify({ step, answers }));
}
