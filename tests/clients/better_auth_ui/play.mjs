// The pages of examples/better-auth-ui in a real Chromium, one JSON line per step on stdout.
// Usage: node play.mjs --plays NAMES --page URL --mails FILE --chromium PATH [--screenshots DIR]
//
// Each line: { step, calls, address, shown, toast }. `calls` is what the pages asked the auth server and what it
// answered, `address` where the browser is afterwards, `shown` the text of the page, `toast` what better-auth-ui said.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "../launch.mjs";
import { openMails } from "../mails.mjs";
import { hooks } from "./hooks.mjs";
import { plugins } from "./plugins.mjs";
import { social } from "./social.mjs";
import { links, views } from "./views.mjs";

const names = ["plays", "page", "mails", "chromium", "screenshots"];
const { values: args } = parseArgs({
  options: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
});

const WAIT_MS = 20_000;
const RUN_MS = 100_000;
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
const API = "/api/auth/";
const SHOWN_DATE = /(\d+ \w+ |\d\d\/\d\d\/)\d{4}, \d\d:\d\d(:\d\d)?/g;
// Keys and signatures of the virtual authenticator, which are others in each run.
const OF_AUTHENTICATOR = ["attestationObject", "authenticatorData", "clientDataJSON", "publicKey", "signature"];

const watchdog = setTimeout(() => {
  console.error(`gave up after ${RUN_MS} ms`);
  process.exit(2);
}, RUN_MS);
if (args.screenshots) mkdirSync(args.screenshots, { recursive: true });
const mail = openMails(args.mails).next;
const browser = await chromium.launch({ ...LAUNCH, executablePath: args.chromium });

try {
  const known = { views, links, hooks, plugins, social };
  for (const name of args.plays.split(",")) await known[name](await openBrowser(), { mail, openBrowser });
} finally {
  await browser.close();
  clearTimeout(watchdog);
}

/** A browser profile of its own with one tab. */
async function openBrowser() {
  const context = await browser.newContext({ viewport: WIDE, locale: "en-GB", timezoneId: "UTC", colorScheme: "light" });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  let calls = [];
  let open = 0;
  const toApi = (request) => new URL(request.url()).pathname.startsWith(API);
  page.on("request", (request) => (open += toApi(request)));
  page.on("requestfailed", (request) => (open -= toApi(request)));
  page.on("requestfinished", (request) => (open -= toApi(request)));
  // A link is not followed by `fetch`, and its answer is where it leads.
  page.on("response", (response) => {
    const request = response.request();
    if (!toApi(request) || !request.isNavigationRequest()) return;
    const { pathname, search } = new URL(request.url());
    calls.push({ request: `GET ${pathname}${search}`, status: response.status(), answer: response.headers().location });
  });
  await context.exposeFunction("reportCall", (call) => void calls.push(call));
  await context.addInitScript(watchCalls, API);

  async function step(name, act) {
    let result;
    try {
      result = await act();
      await rest();
      // A script error on the page is a failure even if the page still looks right.
      if (problems.length > 0) throw new Error(problems.join("\n"));
    } catch (error) {
      await photograph("failure");
      console.error(`${name}: ${error}\n${page.url()}\n${JSON.stringify(calls)}`);
      throw error;
    }
    // How often the same is asked, and in which order at one moment, is up to time.
    const hide = (name, value) => (OF_AUTHENTICATOR.includes(name) ? "<of the authenticator>" : value);
    const texts = [...new Set(calls.map((call) => JSON.stringify(call, hide)))];
    const withoutIds = (text) => text.replace(/\b\w{32}\b/g, "");
    const distinct = texts.sort((a, b) => withoutIds(a).localeCompare(withoutIds(b))).map((text) => JSON.parse(text));
    // What an auth server shows at its own addresses is not better-auth's contract.
    const isOurs = page.url().startsWith(args.page);
    const address = isOurs ? page.url() : "no page of the application";
    // A page that has just been led to may not be drawn yet; one that stays empty is shown as such.
    if (isOurs) await page.waitForFunction(() => document.body.innerText.trim() !== "", { timeout: 5000 }).catch(() => {});
    const shown = isOurs && (await page.locator("body").innerText()).replaceAll(SHOWN_DATE, "<date>");
    console.log(JSON.stringify({ step: name, calls: distinct, address, shown, ...result }));
    calls = [];
  }

  /** Until nothing more is asked: the client waits 10 ms before it asks for the session again. */
  async function rest() {
    const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    await pause(60);
    while (open > 0) await pause(5);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20))));
    while (open > 0) await pause(5);
    // What better-auth-ui said is reported once, and goes away by itself in its own time.
    await page.evaluate(() => document.querySelectorAll("[data-sonner-toast]").forEach((toast) => (toast.hidden = true)));
  }

  async function photograph(name) {
    if (!args.screenshots) return;
    for (const [suffix, size, colorScheme] of [
      ["narrow", NARROW, "dark"],
      ["wide", WIDE, "light"],
    ]) {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(args.screenshots, `${name}-${suffix}.png`), animations: "disabled", fullPage: true });
    }
  }

  return {
    page,
    step,
    photograph,
    go: (path) => page.goto(`${args.page}${path}`),
    /** Opens the link of a mail, and waits until the page that it leads to is at rest. */
    async follow({ url }) {
      // An auth server that is not the page's origin has nothing to show at a path of the page.
      await page.goto(url).catch(async (error) => {
        if (!String(error).includes("ERR_HTTP_RESPONSE_CODE_FAILURE")) throw error;
        await page.waitForURL(/^chrome-error:/); // the browser's own page comes a moment later
      });
      await rest();
    },
    press: (name) => page.getByRole("button", { name, exact: true }).click(),
    async fill(fields) {
      for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
    },
    async toast() {
      const latest = page.locator("[data-sonner-toast][data-front=true]:not([hidden])");
      await latest.waitFor();
      return { toast: await latest.innerText() };
    },
    /** The names of the cookies, and whether they outlive the browser. */
    async cookies() {
      const cookies = await context.cookies();
      return Object.fromEntries(cookies.map(({ name, expires }) => [name, expires > 0 ? "stays" : "goes"]));
    },
  };
}

// What follows runs in the page.

/** Reports each answer of the auth server before the client reads it, and may leave the page. */
function watchCalls(api) {
  const { fetch } = window;
  window.fetch = async (input, init) => {
    const response = await fetch(input, init);
    const { pathname, search } = new URL(input, location.href);
    if (!pathname.startsWith(api)) return response;
    const read = (text) => (text ? JSON.parse(text) : null);
    await window.reportCall({
      request: `${init?.method ?? "GET"} ${pathname}${search}`,
      sent: read(init?.body),
      status: response.status,
      answer: read(await response.clone().text()),
    });
    return response;
  };
}
