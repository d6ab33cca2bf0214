// The unmodified better-auth client in Node, one JSON line per step on stdout.
// Usage: node node_client.mjs BASE_URL sign-in|account
// Both scenarios expect a server without users.
//
// Each line: { step, exchanges: [{ request, response }], data, error }. `exchanges` is what went over the
// wire, `data` and `error` what the client made of it, with every Date written as { $date }.
import { createAuthClient } from "better-auth/client";

const [baseURL, scenario] = process.argv.slice(2);
const scenarios = { "sign-in": signIn, account: manageAccount };
if (!scenarios[scenario]) throw new Error("usage: node node_client.mjs BASE_URL sign-in|account");

// Belongs to the transport or to CORS, which is not part of better-auth's contract.
const TRANSPORT = /^(date|connection|keep-alive|transfer-encoding|content-length|server|vary|access-control-.*)$/;
const TIMEOUT_MS = 15_000;

class CookieJar {
  #cookies = new Map();

  header() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  store(setCookies) {
    for (const line of setCookies) {
      const [pair, ...attributes] = line.split("; ");
      const name = pair.slice(0, pair.indexOf("="));
      if (attributes.includes("Max-Age=0")) this.#cookies.delete(name);
      else this.#cookies.set(name, pair.slice(name.length + 1));
    }
  }
}

/** A visitor: a client of its own with a cookie jar of its own, and the list of what it sent and got. */
function visitor({ origin = new URL(baseURL).origin } = {}) {
  const jar = new CookieJar();
  const exchanges = [];

  async function customFetchImpl(input, init) {
    const headers = new Headers(init.headers);
    if (origin) headers.set("origin", origin);
    headers.set("x-forwarded-for", "203.0.113.7"); // as a proxy would: the address of the session
    const cookie = jar.header();
    if (cookie) headers.set("cookie", cookie);
    const signal = AbortSignal.any([init.signal, AbortSignal.timeout(TIMEOUT_MS)].filter(Boolean));
    const response = await fetch(input, { ...init, headers, signal });
    const setCookies = response.headers.getSetCookie();
    jar.store(setCookies);
    const { pathname, search } = new URL(input);
    exchanges.push({
      request: {
        method: init.method,
        path: pathname + search,
        headers: Object.fromEntries([...headers].filter(([name]) => name !== "cookie")),
        cookies: cookie ? cookie.split("; ").map((pair) => pair.split("=", 1)[0]) : [],
        body: init.body ?? null,
      },
      response: {
        status: response.status,
        headers: Object.fromEntries(
          [...response.headers].filter(([name]) => name !== "set-cookie" && !TRANSPORT.test(name)),
        ),
        set_cookie: setCookies,
        body: await response.clone().text(),
      },
    });
    return response;
  }

  const client = createAuthClient({ baseURL, fetchOptions: { customFetchImpl } });
  return { client, exchanges };
}

const datesVisible = (value) => {
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Array.isArray(value)) return value.map(datesVisible);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, datesVisible(inner)]));
};

async function step(name, { client, exchanges }, act) {
  exchanges.length = 0;
  const { data, error } = await act(client);
  console.log(JSON.stringify({ step: name, exchanges, data: datesVisible(data), error: datesVisible(error) }));
  return data;
}

const email = "ada@example.com";
const password = "correct horse battery";
const account = { name: "Ada Lovelace", email, password };

async function signIn() {
  const ada = visitor();
  await step("ok", ada, (client) => client.$fetch("/ok"));
  await step("unknown path", ada, (client) => client.$fetch("/no-such-endpoint"));
  await step("session of a stranger", ada, (client) => client.getSession());
  await step("sign-up with an invalid e-mail", ada, (client) => client.signUp.email({ ...account, email: "nobody" }));
  await step("sign-up with missing fields", ada, (client) => client.signUp.email({ email }));
  await step("sign-up with a short password", ada, (client) => client.signUp.email({ ...account, password: "short" }));
  await step("sign-up", ada, (client) => client.signUp.email(account));
  await step("session after sign-up", ada, (client) => client.getSession());
  await step("sign-up with a taken e-mail", visitor(), (client) => client.signUp.email(account));
  await step("sign-out", ada, (client) => client.signOut());
  await step("session after sign-out", ada, (client) => client.getSession());
  await step("sign-out without a session", ada, (client) => client.signOut());

  await step("sign-in with a wrong password", ada, (client) => client.signIn.email({ email, password: "wrong horse" }));
  await step("sign-in with an unknown e-mail", ada, (client) =>
    client.signIn.email({ email: "charles@example.com", password }),
  );
  await step("sign-in with an invalid e-mail", ada, (client) => client.signIn.email({ email: "nobody", password }));
  await step("sign-in with missing fields", ada, (client) => client.signIn.email({ email }));
  await step("sign-in with other letter case", ada, (client) =>
    client.signIn.email({ email: "ADA@Example.com", password }),
  );
  await step("session after sign-in", ada, (client) => client.getSession({ query: { disableCookieCache: true } }));

  const phone = visitor();
  await step("sign-in that is not remembered", phone, (client) =>
    client.signIn.email({ email, password, rememberMe: false }),
  );
  await step("session that is not remembered", phone, (client) => client.getSession());

  await step("sign-in from a foreign origin", visitor({ origin: "http://evil.example" }), (client) =>
    client.signIn.email({ email, password }),
  );
  // Node's fetch sends Sec-Fetch-Mode, so a request without an Origin counts as a browser that hides it.
  await step("sign-in without an origin", visitor({ origin: null }), (client) =>
    client.signIn.email({ email, password }),
  );
  await step("session without an origin", visitor({ origin: null }), (client) => client.getSession());
}

async function manageAccount() {
  const newPassword = "staple battery horse";
  await step("list sessions without a session", visitor(), (client) => client.listSessions());
  await step("update the user without a session", visitor(), (client) => client.updateUser({ name: "Nobody" }));

  const ada = visitor();
  await step("sign-up", ada, (client) => client.signUp.email(account));
  await step("update the user", ada, (client) => client.updateUser({ name: "Ada King" }));
  await step("session after the update", ada, (client) => client.getSession());

  const phone = visitor();
  const { token } = await step("sign-in on the phone", phone, (client) => client.signIn.email({ email, password }));
  await step("revoke the phone", ada, (client) => client.revokeSession({ token }));
  await step("session of the phone", phone, (client) => client.getSession());
  await step("list sessions", ada, (client) => client.listSessions());

  await step("change the password with a wrong one", ada, (client) =>
    client.changePassword({ currentPassword: "wrong horse", newPassword }),
  );
  await step("change the password", ada, (client) =>
    client.changePassword({ currentPassword: password, newPassword, revokeOtherSessions: true }),
  );
  await step("session after the change", ada, (client) => client.getSession());
  await step("sign-in with the old password", phone, (client) => client.signIn.email({ email, password }));
}

await scenarios[scenario]();
