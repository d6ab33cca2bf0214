// better-auth's own client with a browser made of a cookie jar: the popup follows the redirects, asks the provider for
// the code `argv[4]` and runs the page that it ends with. Prints what `signIn.popup` has resolved with, and the session.
import vm from "node:vm";
import { createAuthClient } from "../../clients/node_modules/better-auth/dist/client/index.mjs";
import { oauthPopupClient } from "../../clients/node_modules/better-auth/dist/client/plugins/index.mjs";

const [, , baseURL, origin, code] = process.argv;
const jar = new Map();

async function browse(url, init = {}) {
  const headers = new Headers(init.headers);
  headers.set("cookie", [...jar].map((pair) => pair.join("=")).join("; "));
  const answer = await fetch(url, { ...init, headers, redirect: "manual" });
  for (const cookie of answer.headers.getSetCookie()) {
    const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
    if (value) jar.set(name, value);
    else jar.delete(name);
  }
  return answer;
}

const listeners = new Set();
const opener = {
  postMessage(data, target) {
    if (target === origin) for (const listener of listeners) listener({ data, origin: new URL(baseURL).origin });
  },
};

async function goThrough(popup, url) {
  const started = await browse(url);
  const state = new URL(started.headers.get("location")).searchParams.get("state");
  const answer = code === "refused" ? "error=access_denied&error_description=No" : `code=${code}`;
  const ended = await browse(`${baseURL}/api/auth/callback/github?${answer}&state=${state}`);
  const html = await ended.text();
  const textContent = html.match(/<script type="application\/json"[^>]*>([^]*?)<\/script>/)[1];
  const close = () => (popup.closed = true);
  const document = { getElementById: () => ({ textContent }) };
  vm.runInNewContext(html.match(/<script>([^]*?)<\/script>/)[1], { window: { opener, close }, document });
}

globalThis.window = {
  location: new URL(origin),
  addEventListener: (kind, listener) => kind === "message" && listeners.add(listener),
  removeEventListener: (_, listener) => listeners.delete(listener),
  open(url) {
    const popup = { closed: false, close: () => (popup.closed = true), focus() {} };
    goThrough(popup, url);
    return popup;
  },
};
window.self = window.top = window;

const client = createAuthClient({ baseURL, plugins: [oauthPopupClient()], fetchOptions: { customFetchImpl: browse } });
const result = await client.signIn.popup({ provider: "github", callbackURL: "/in", scopes: ["repo"] });
const session = await client.getSession();
console.log(JSON.stringify({ result, email: session.data?.user.email ?? null }));
process.exit();
