// The page /reference in a real Chromium: what it requests, what it refuses, and operations tried out on it.
// Usage: node api_reference.mjs --api URL --chromium PATH --screenshots DIR; one JSON object on stdout.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";

const options = { api: { type: "string" }, path: { type: "string", default: "/reference" }, chromium: { type: "string" }, screenshots: { type: "string" } };
const { values: args } = parseArgs({ options });
const USER = { name: "Ada Lovelace", email: "ada@example.com", password: "correct horse battery" };

mkdirSync(args.screenshots, { recursive: true });
const browser = await chromium.launch({ ...LAUNCH, executablePath: args.chromium });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, colorScheme: "light" });
const page = await context.newPage();
page.setDefaultTimeout(20_000);
const requests = [];
const complaints = [];
context.on("request", (request) => requests.push(`${request.method()} ${request.url()}`));
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(error.message));

await page.goto(`${args.api}${args.path}`);
await page.locator(".opblock").first().waitFor();
const opened = requests.splice(0);

const operations = async () => page.locator(".opblock-summary-path").allInnerTexts();
const all = (await operations()).length;
await page.locator(".operation-filter-input").fill("reset-password");
await page.waitForFunction((before) => document.querySelectorAll(".opblock").length < before, all);
const found = (await operations()).map((path) => path.replaceAll("\u200b", ""));
await page.locator(".operation-filter-input").fill("");

async function tryOut(id, body) {
  const block = page.locator(`[id$="-${id}"]`);
  await block.locator(".opblock-summary-control").click();
  if (body) await block.locator("textarea.body-param__text").fill(JSON.stringify(body));
  await block.locator("button.execute").click();
  const response = block.locator(".live-responses-table .response");
  const status = (await response.locator(".response-col_status").innerText()).trim();
  const shown = JSON.parse(await response.locator("code").first().innerText());
  return { status: status.slice(0, 3), shown };
}

const signedUp = await tryOut("signUpWithEmailAndPassword", USER);
const session = await tryOut("getSession");
const tried = requests.splice(0);

await page.locator(".authorize").first().click();
const explained = await page.locator(".auth-container").first().innerText();
const inputs = await page.locator(".auth-container input").count();
await page.locator(".close-modal").click();

for (const [name, width, height] of [["desktop", 1280, 900], ["phone", 390, 844]]) {
  for (const colorScheme of ["light", "dark"]) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await page.waitForFunction((dark) => document.documentElement.classList.contains("dark-mode") === dark,
      colorScheme === "dark"); // prettier-ignore
    await page.waitForTimeout(500); // colours fade into one another
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(args.screenshots, `reference-${name}-${colorScheme}.png`) });
  }
}
const width = await page.evaluate(() => document.documentElement.scrollWidth);

// From here on the page is made to break its own rules.
const unbroken = complaints.splice(0);
const refused = await page.evaluate(async () => {
  const directives = [];
  document.addEventListener("securitypolicyviolation", (event) => directives.push(event.effectiveDirective));
  const add = (name, properties) => document.body.append(Object.assign(document.createElement(name), properties));
  add("script", { textContent: "window.inlineRan = true" });
  add("script", { src: "https://elsewhere.test/a.js" });
  add("img", { src: "https://elsewhere.test/a.png" });
  add("iframe", { src: "https://elsewhere.test/" });
  document.body.setAttribute("onclick", "window.inlineRan = true");
  document.body.click();
  await fetch("https://elsewhere.test/").catch(() => {});
  await new Promise((done) => setTimeout(done, 500));
  return { directives: [...new Set(directives)].sort(), inlineRan: "inlineRan" in window };
});
// What a script of the page itself would do: playwright's own evaluation is not bound by the policy.
await page.route("**/reference/evil.js", (route) =>
  route.fulfill({ contentType: "text/javascript", body: "try { eval('1') } catch (e) { window.evalFailed = e.name }" }));
await page.addScriptTag({ url: "/reference/evil.js" });
const evalFailed = await page.evaluate(() => window.evalFailed);
await browser.close();

console.log(JSON.stringify({ opened, all, found, signedUp, session, tried, explained, inputs, width, unbroken, refused, evalFailed }));
