// The React page of examples/react in a real Chromium, across origins, one JSON line per step on stdout.
// Usage: node browser.mjs --page URL --api URL --mails FILE --chromium PATH [--screenshots DIR]
//
// Each line: { step, ok, requests, ... }, where `requests` is what the browser sent to the API during the
// step, preflights included. The first step that fails carries `failure`, ends the run and makes the exit code 1.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";
import { openMails } from "./mails.mjs";

const { values: args } = parseArgs({
  options: {
    page: { type: "string" },
    api: { type: "string" },
    mails: { type: "string" },
    chromium: { type: "string" },
    screenshots: { type: "string" },
  },
});
for (const name of ["page", "api", "mails", "chromium"]) {
  if (!args[name]) throw new Error(`--${name} is missing`);
}

const WAIT_MS = 20_000;
const RUN_MS = 120_000;
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };
const SESSION_COOKIE = "better-auth.session_token";
// The headers a server decides on; the rest is the browser's own business.
const HEADERS = [
  "accept", "access-control-request-headers", "access-control-request-method", "content-type", "origin", "referer",
  "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site",
]; // prettier-ignore

const ada = { Name: "Ada Lovelace", "E-mail": "ada@example.com", Password: "correct horse battery" };
const { Name: _, ...credentials } = ada;
const mail = openMails(args.mails).next;

const failureShot = args.screenshots && join(args.screenshots, "failure.png");
if (args.screenshots) {
  mkdirSync(args.screenshots, { recursive: true });
  rmSync(failureShot, { force: true });
}
const profile = mkdtempSync(join(tmpdir(), "betterauth-chromium-"));
// Nothing below may wait for ever, not even the start and the end of the browser.
const watchdog = setTimeout(() => {
  console.error(`gave up after ${RUN_MS} ms`);
  process.exit(2);
}, RUN_MS);

const context = await chromium.launchPersistentContext(profile, {
  executablePath: args.chromium,
  ...LAUNCH,
  viewport: WIDE,
  locale: "en-GB",
  colorScheme: "light",
});
context.setDefaultTimeout(WAIT_MS);
context.setDefaultNavigationTimeout(WAIT_MS);

let requests = [];
let problems = [];
let unanswered = 0;
const [first] = context.pages();
await watch(first);

let failed = false;
try {
  await step("open the page", async () => {
    await first.goto(args.page);
    await visible(first, "Welcome back");
    await screenshots(first, "sign-in");
    return { cookie: await sessionCookie() };
  });
  await step("sign up with a short password", async () => {
    await first.getByRole("button", { name: "Create an account" }).click();
    await screenshots(first, "sign-up");
    await submit(first, { ...ada, Password: "short" }, "Create account");
    const message = await alert(first);
    await screenshots(first, "sign-up-error");
    return { message };
  });
  await step("sign up", async () => {
    await submit(first, ada, "Create account");
    const shown = await signedIn(first);
    await screenshots(first, "signed-in");
    return {
      shown,
      cookie: await sessionCookie(),
      cookies_of_script: await first.evaluate(() => document.cookie),
    };
  });
  await step("reload", async () => {
    await first.reload();
    return { shown: await signedIn(first) };
  });
  await step("sign out", async () => {
    await first.getByRole("button", { name: "Sign out" }).click();
    await visible(first, "Welcome back");
    return { cookie: await sessionCookie() };
  });
  await step("reload after signing out", async () => {
    await first.reload();
    await visible(first, "Welcome back");
  });
  await step("sign in with a wrong password", async () => {
    await submit(first, { ...credentials, Password: "wrong horse" }, "Sign in");
    const message = await alert(first);
    await screenshots(first, "sign-in-error");
    return { message, cookie: await sessionCookie() };
  });
  await step("sign up with a taken e-mail", async () => {
    await first.getByRole("button", { name: "Create an account" }).click();
    await submit(first, ada, "Create account");
    return { message: await alert(first) };
  });
  await step("sign in", async () => {
    await first.getByRole("button", { name: "Sign in" }).click();
    await submit(first, credentials, "Sign in");
    return { shown: await signedIn(first), cookie: await sessionCookie() };
  });
  const second = await context.newPage();
  await watch(second);
  await step("open a second tab", async () => {
    await second.goto(args.page);
    return { shown: await signedIn(second) };
  });
  await step("sign out in the second tab", async () => {
    await second.getByRole("button", { name: "Sign out" }).click();
    await visible(second, "Welcome back");
    // The client of the first tab hears of it through localStorage and asks the server again.
    await visible(first, "Welcome back");
    return { cookie: await sessionCookie() };
  });
  await first.bringToFront(); // a tab in the background is drawn rarely
  await step("ask for a new password", async () => {
    await first.getByRole("button", { name: "Forgot your password?" }).click();
    await submit(first, { "E-mail": ada["E-mail"] }, "Send the link");
    const message = await first.getByRole("status").textContent();
    await screenshots(first, "forgotten");
    return { message };
  });
  const newPassword = "staple battery horse";
  const { url: resetLink } = await mail("reset", ada["E-mail"]);
  await step("open the link of the mail", async () => {
    await first.goto(resetLink);
    await visible(first, "Choose a new password");
    await screenshots(first, "new-password");
  });
  await step("choose a new password", async () => {
    await submit(first, { "New password": newPassword }, "Save the password");
    await visible(first, "Welcome back");
    return { address: first.url() };
  });
  await step("open the link again", async () => {
    await first.goto(resetLink);
    await visible(first, "This link no longer works");
    await screenshots(first, "used-link");
    await first.getByRole("button", { name: "Back to sign-in" }).click();
    await visible(first, "Welcome back");
  });
  await step("sign in with the new password", async () => {
    await submit(first, { ...credentials, Password: newPassword }, "Sign in");
    return { shown: await signedIn(first) };
  });
  await step("change the name", async () => {
    await unfold(first, "Name");
    await submit(first, { Name: "Ada King" }, "Save the name");
    for (const page of [first, second]) await page.locator(".name", { hasText: "Ada King" }).waitFor();
    await screenshots(first, "name");
    return { shown: await signedIn(first) };
  });
  await step("ask for a verification mail", async () => {
    await unfold(first, "E-mail address");
    await first.getByRole("button", { name: "Send a verification mail" }).click();
    const message = await first.getByRole("status").textContent();
    await screenshots(first, "address");
    return { message };
  });
  const { url: verificationLink } = await mail("verification", ada["E-mail"]);
  await step("verify the address", async () => {
    await first.goto(verificationLink);
    const shown = await signedIn(first);
    return { shown, unverified: await first.getByText("not verified").count(), address: first.url() };
  });
  await step("change the address", async () => {
    await unfold(first, "E-mail address");
    await submit(first, { "New e-mail": "king@example.com" }, "Change the address");
    return { message: await first.getByRole("status").textContent() };
  });
  const { url: changeLink } = await mail("verification", "king@example.com");
  await step("confirm the new address", async () => {
    await first.goto(changeLink);
    return { shown: await signedIn(first) };
  });
  await step("change the password", async () => {
    await unfold(first, "Password");
    await submit(first, { "Current password": "wrong horse", "New password": ada.Password }, "Change the password");
    const message = await alert(first);
    await screenshots(first, "password");
    await first.getByLabel("Current password").fill(newPassword);
    await first.getByRole("button", { name: "Change the password" }).click();
    await first.getByRole("status").waitFor();
    return { message };
  });
  await step("look at the devices", async () => {
    await unfold(first, "Devices");
    await first.getByText("this one").waitFor();
    const devices = await first.locator(".devices li").count();
    await screenshots(first, "devices");
    return { devices };
  });
  await step("delete the account", async () => {
    await unfold(first, "Delete the account");
    await screenshots(first, "deletion");
    await submit(first, { Password: ada.Password }, "Delete my account");
    await visible(first, "Welcome back");
    return { cookie: await sessionCookie() };
  });
  await step("ask from an origin that is not trusted", async () => {
    await second.bringToFront();
    const foreign = new URL(args.page);
    foreign.hostname = "127.0.0.1";
    await second.goto(foreign.href);
    await visible(second, "Sign-in is unavailable");
    await screenshots(second, "unreachable");
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
  requests = [];
  problems = [];
  try {
    const result = await act();
    await rest();
    // A script error on the page is a failure even if the page still looks right.
    if (problems.length > 0) throw new Error(problems.join("\n"));
    report({ step: name, ok: true, ...result });
  } catch (error) {
    if (failureShot) await first.screenshot({ path: failureShot }).catch(() => {});
    report({ step: name, ok: false, failure: String(error) });
    throw error;
  }
}

/** Until nothing more is asked: the client waits 10 ms before it asks for the session again. */
async function rest() {
  for (const page of context.pages()) await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  while (unanswered > 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

function report(line) {
  console.log(JSON.stringify({ ...line, requests }));
}

/** Notes what this tab sends to the API, as the browser's network stack sees it, and every uncaught error. */
async function watch(page) {
  page.on("pageerror", (error) => problems.push(String(error)));
  const toApi = (request) => request.url().startsWith(args.api);
  page.on("request", (request) => (unanswered += toApi(request)));
  for (const end of ["requestfinished", "requestfailed"]) {
    page.on(end, (request) => (unanswered -= toApi(request)));
  }
  const devtools = await context.newCDPSession(page);
  // A redirect keeps the id, and the headers of a request may be told when the next one is known already: the first of
  // them belong to the first request.
  const chains = new Map();
  const chain = (id) => chains.get(id) ?? chains.set(id, { told: [], headers: [] }).get(id);
  const note = ({ told, headers }) => {
    while (told.length > 0 && headers.length > 0) {
      const { url, method } = told.shift();
      const sent = Object.fromEntries(Object.entries(headers.shift()).map(([key, value]) => [key.toLowerCase(), value]));
      if (!url.startsWith(args.api)) continue;
      requests.push({
        method,
        path: url.slice(args.api.length),
        headers: Object.fromEntries(HEADERS.filter((key) => key in sent).map((key) => [key, sent[key]])),
        cookies: (sent.cookie ?? "").split("; ").filter(Boolean).map((pair) => pair.split("=", 1)[0]),
      });
    }
  };
  devtools.on("Network.requestWillBeSent", ({ requestId, request, redirectResponse, redirectHasExtraInfo }) => {
    const known = chain(requestId);
    // What was answered from the browser's own memory has no headers.
    if (redirectResponse && !redirectHasExtraInfo) known.told.pop();
    known.told.push(request);
    note(known);
  });
  devtools.on("Network.requestWillBeSentExtraInfo", ({ requestId, headers }) => {
    const known = chain(requestId);
    known.headers.push(headers);
    note(known);
  });
  await devtools.send("Network.enable");
}

async function submit(page, fields, button) {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole("button", { name: button, exact: true }).click();
}

async function unfold(page, summary) {
  await page.locator("summary", { hasText: summary }).click();
}

async function visible(page, heading) {
  await page.getByRole("heading", { name: heading, exact: true }).waitFor();
}

async function alert(page) {
  const message = page.getByRole("alert");
  await message.waitFor();
  return message.textContent();
}

async function signedIn(page) {
  await visible(page, "You are signed in");
  return { name: await page.locator(".name").textContent(), email: await page.locator(".email").textContent() };
}

async function sessionCookie() {
  const cookie = (await context.cookies(args.api)).find(({ name }) => name === SESSION_COOKIE);
  if (!cookie) return null;
  const { domain, path, httpOnly, secure, sameSite, expires } = cookie;
  return { domain, path, httpOnly, secure, sameSite, lifetime: Math.round(expires - Date.now() / 1000) };
}

async function screenshots(page, name) {
  if (!args.screenshots) return;
  for (const [suffix, size, colorScheme] of [
    ["narrow", NARROW, "light"],
    ["dark", WIDE, "dark"],
    ["wide", WIDE, "light"],
  ]) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: join(args.screenshots, `${name}-${suffix}.png`), animations: "disabled" });
  }
}
