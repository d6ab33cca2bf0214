// better-auth's own oneTapClient on a page of which only what it touches is made up; Google's script is a stand-in that
// hands out `argv[4]`. Prints what happened on the page, what was sent, and the address of the session.
import { createAuthClient } from "../../clients/node_modules/better-auth/dist/client/index.mjs";
import { oneTapClient } from "../../clients/node_modules/better-auth/dist/client/plugins/index.mjs";

const [, , baseURL, origin, credential, callbackURL] = process.argv;
const loaded = [];
const sent = [];
let asked;
let cookie = "";

const google = {
  accounts: {
    id: {
      initialize: (options) => (asked = options),
      prompt: () => asked.callback({ credential }),
    },
  },
};
const head = {
  appendChild(script) {
    loaded.push(script.src);
    window.google = google;
    script.onload();
  },
};
globalThis.document = { head, createElement: () => ({}) };
globalThis.window = { document, location: { href: `${origin}/` } };

async function customFetchImpl(url, init) {
  const headers = new Headers(init.headers);
  headers.set("origin", origin);
  headers.set("cookie", cookie);
  const answer = await fetch(url, { ...init, headers });
  sent.push([init.method, new URL(url).pathname, answer.status]);
  for (const line of answer.headers.getSetCookie()) cookie = line.split(";")[0];
  return answer;
}

const client = createAuthClient({
  baseURL,
  plugins: [oneTapClient({ clientId: "web" })],
  fetchOptions: { customFetchImpl },
});
await client.oneTap({ callbackURL, nonce: "n" });
const { client_id, nonce } = asked;
const { data } = await client.getSession();
const email = data?.user.email ?? null;
process.stdout.write(JSON.stringify({ loaded, client_id, nonce, sent: sent.slice(0, 1), href: window.location.href, email }));
