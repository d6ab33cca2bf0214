// The session store of the client in a real Chromium, with every framework: when it asks the server again.
// Usage: node session_signal.mjs --page URL --api URL --mails FILE --chromium PATH [--only NAME]
//
// One JSON line per step on stdout: { page, step, requests, shown, ... }. `requests` is what the page sent to the API
// until it was at rest, in order; `shown` is what a person reads then. Every page has a browser profile of its own, and
// all of them run at the same time.
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";
import { openMails } from "./mails.mjs";

const needed = ["page", "api", "mails", "chromium"];
const { values: args } = parseArgs({
  options: Object.fromEntries([...needed, "only"].map((name) => [name, { type: "string" }])),
});
for (const name of needed) {
  if (!args[name]) throw new Error(`--${name} is missing`);
}

const RUN_MS = 90_000;
const watchdog = setTimeout(() => {
  console.error(`gave up after ${RUN_MS} ms`);
  process.exit(2);
}, RUN_MS);

const mail = openMails(args.mails).next;
const password = "correct horse battery";
const browser = await chromium.launch({ ...LAUNCH, executablePath: args.chromium });
const plays = [
  ...["vanilla", "react", "vue", "svelte", "solid"].map((framework) => [framework, mutations]),
  ["two tabs", twoTabs],
  ["focus", focus],
  ["focus ignored", focusIgnored],
  ["interval", interval],
].filter(([name]) => !args.only || name === args.only);
try {
  const lines = await Promise.all(plays.map(([name, play]) => record(name, play)));
  for (const line of lines.flat()) console.log(JSON.stringify(line));
} finally {
  await browser.close();
  clearTimeout(watchdog);
}

/** Everything that changes a user or a session, and what does not; the client knows after which it has to ask again. */
async function mutations(open, framework) {
  const email = `${framework}@example.com`;
  const page = await open("open", { framework });
  await page.call("signUp.email", { name: "Ada", email, password });
  await page.call("updateUser", { name: "Ada Lovelace" });
  await page.call("updateUser", { name: "Ada", fetchOptions: { disableSignal: true } });
  await page.call("updateUser", { email: "refused@example.com" });
  await page.call("updateSession", { device: "desk" });
  await page.call("getSession");
  await page.call("listSessions");
  await page.call("listAccounts");
  await page.call("sendVerificationEmail", { email });
  const { token } = await mail("verification", email);
  await page.call("verifyEmail", { query: { token } });
  await page.call("changeEmail", { newEmail: `new-${email}` });
  await page.call("changePassword", { currentPassword: password, newPassword: password, revokeOtherSessions: true });
  await page.call("verifyPassword", { password });
  await page.call("requestPasswordReset", { email });
  const { token: resetToken } = await mail("reset", email);
  await page.call("resetPassword", { newPassword: password, token: resetToken });
  await page.call("revokeSession", { token: "unknown" });
  await page.call("revokeOtherSessions");
  await page.call("revokeSessions");
  await page.call("signIn.email", { email, password: "wrong horse" });
  await page.call("signIn.email", { email, password });
  await page.act("refetch", () => window.client.$store.atoms.session.get().refetch());
  await page.act("notify", () => window.client.$store.notify("$sessionSignal"));
  await page.reload();
  await page.call("signOut");
  await page.call("signIn.email", { email, password, rememberMe: false });
  await page.call("deleteUser", { password });
  await page.reload();
}

/** What one tab tells another through localStorage, and what it leaves to the next look. */
async function twoTabs(open) {
  const email = "tabs@example.com";
  const first = await open("open", { framework: "react" });
  await first.call("signUp.email", { name: "Tabea", email, password });
  const second = await open("open a second tab", { framework: "vue" });
  const tell = async (method, argument) => {
    await second.call(method, argument);
    await first.hears(second);
    await first.act(`${method} in the second tab`, () => {});
  };
  await tell("updateUser", { name: "Tabby" });
  await tell("updateSession", { device: "desk" });
  await tell("changePassword", { currentPassword: password, newPassword: password });
  await tell("signOut");
  await tell("signIn.email", { email, password });
  await first.reload();
}

/** A page that comes back to the front, or to the network, asks again, but not more often than every 5 seconds. */
async function focus(open) {
  const page = await open("open", { framework: "svelte" });
  await page.call("signUp.email", { name: "Fred", email: "focus@example.com", password });
  // Without a screen every tab counts as visible, so the event is made here.
  const comeBack = () => document.dispatchEvent(new Event("visibilitychange"));
  await page.network(false);
  await page.network(true);
  await page.act("comes to the front soon after", comeBack);

  const other = await open("open another", { framework: "solid" });
  await other.act("comes to the front", comeBack);
  await other.act("comes to the front again", comeBack);
  await other.network(false);
  await other.act("comes to the front without a network", comeBack);
}

async function focusIgnored(open) {
  const options = { sessionOptions: { refetchOnWindowFocus: false } };
  const page = await open("open", { framework: "react", options });
  await page.call("signUp.email", { name: "Ike", email: "ignored@example.com", password });
  await page.act("comes to the front", () => document.dispatchEvent(new Event("visibilitychange")));
}

/** With an interval of a second the page asks while somebody is signed in; how often is up to time. */
async function interval(open) {
  const options = { sessionOptions: { refetchInterval: 1 } };
  const page = await open("open", { framework: "vanilla", options });
  await page.act("nobody asks for nobody", () => new Promise((resolve) => setTimeout(resolve, 1200)));
  await page.call("signUp.email", { name: "Ines", email: "interval@example.com", password });
  await page.act("until it has asked twice", async () => {
    for (const before = window.requests.length; window.requests.length < before + 2; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
}

async function record(name, play) {
  const lines = [];
  const context = await browser.newContext();
  context.setDefaultTimeout(15_000);
  await context.addInitScript(watchRequests, args.api);
  const problems = [];
  context.on("weberror", (error) => problems.push(String(error.error())));

  async function open(step, { framework, options = {} }) {
    const tab = await context.newPage();
    const address = `${args.page}/?${new URLSearchParams({ framework, options: JSON.stringify(options) })}`;
    const page = {
      async act(step, act, argument) {
        const result = await tab.evaluate(act, argument);
        const rest = await tab.evaluate(() => window.atRest());
        if (problems.length > 0) throw new Error(`${name}, ${step}: ${problems.join("\n")}`);
        if (play === interval) rest.requests = [...new Set(rest.requests)];
        lines.push({ page: name, step, ...rest, ...(result && { result }) });
      },
      call: (method, argument) => page.act(method, callClient, [method, argument]),
      async reload(step = "reload") {
        await tab.goto(address);
        await tab.waitForFunction(() => window.client);
        await page.act(step, () => {});
      },
      said: () => tab.evaluate(() => localStorage.getItem("better-auth.message")),
      /** Waits until what the other tab said last, if it said anything, has arrived here. */
      async hears(other) {
        const message = await other.said();
        if (message !== null) await tab.waitForFunction((message) => window.heard === message, message);
      },
      async network(on) {
        await context.setOffline(!on);
        await page.act(on ? "the network is back" : "the network is gone", () => {});
      },
    };
    await page.reload(step);
    return page;
  }

  try {
    await play(open, name);
  } finally {
    await context.close();
  }
  return lines;
}

// What follows runs in the page.

async function callClient([method, argument]) {
  const call = method.split(".").reduce((part, name) => part[name], window.client);
  const { data, error } = await call(argument);
  return { worked: data !== null, error };
}

/** Keeps what the client sends to the API, before the client takes hold of `fetch`. */
function watchRequests(api) {
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const { fetch } = window;
  let open = 0;
  window.requests = [];
  addEventListener("storage", ({ newValue }) => (window.heard = newValue));
  window.fetch = async (input, init) => {
    const url = new URL(input);
    if (url.origin !== api) return fetch(input, init);
    const request = `${init?.method ?? "GET"} ${url.pathname}`;
    open += 1;
    try {
      const response = await fetch(input, init);
      window.requests.push(`${request} ${response.status}`);
      return response;
    } catch (error) {
      window.requests.push(`${request} ${error.name}`);
      throw error;
    } finally {
      open -= 1;
    }
  };
  const shown = () => document.getElementById("session").textContent;
  /** The requests since the last rest. The client gives its signal after 10 ms. */
  window.atRest = async () => {
    await pause(60);
    const busy = () => open > 0 || window.client.$store.atoms.session.get().isRefetching;
    while (busy() || ["", "pending"].includes(shown())) await pause(5);
    await pause(5);
    return { requests: window.requests.splice(0), shown: shown() };
  };
}
