// What the scenarios play on: visitors with the unmodified client and a cookie jar each, the mails of the server,
// a page that links may lead to, and the steps. One JSON line per step goes to stdout:
//
//   { step, exchanges: [{ request, response }], hooks, data, error, thrown }
//
// `exchanges` is what went over the wire, `data` and `error` what the client returned, `thrown` what it threw, `hooks`
// what it told the hooks of `fetchOptions`, with every Date written as { $date }.
import { createServer } from "node:http";
import { createAuthClient } from "better-auth/client";
import { openMails } from "./mails.mjs";

// Belongs to the transport or to CORS, which is not part of better-auth's contract.
const TRANSPORT = /^(date|connection|keep-alive|transfer-encoding|content-length|server|vary|access-control-.*)$/;
const TIMEOUT_MS = 15_000;
// Longer than our server takes to send a mail after the answer, for the steps after which there must be none.
const SETTLING_MS = 150;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

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

export function openStage({ baseURL, mailsFile, landingPort }) {
  /** A visitor: a client of its own with a cookie jar of its own, and the list of what it sent and got. */
  function visitor({ origin = new URL(baseURL).origin, keepsCookies = true, ...options } = {}) {
    const jar = new CookieJar();
    const exchanges = [];
    const hooks = [];

    async function customFetchImpl(input, init) {
      const headers = new Headers(init.headers);
      if (origin && !headers.has("origin")) headers.set("origin", origin);
      headers.set("x-forwarded-for", "203.0.113.7"); // as a proxy would: the address of the session
      const cookie = jar.header();
      if (cookie) headers.set("cookie", cookie);
      const signal = AbortSignal.any([init.signal, AbortSignal.timeout(TIMEOUT_MS)].filter(Boolean));
      const response = await fetch(input, { ...init, headers, signal });
      const setCookies = response.headers.getSetCookie();
      if (keepsCookies) jar.store(setCookies);
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
          redirected_to: response.redirected ? response.url : null,
        },
      });
      return response;
    }

    const { fetchOptions, ...clientOptions } = options;
    const client = createAuthClient({
      baseURL,
      ...clientOptions,
      fetchOptions: { customFetchImpl, ...told(hooks, "client"), ...fetchOptions },
    });
    return { client, exchanges, hooks };
  }

  const mails = openMails(mailsFile);

  /** Shows every mail so far, those that nobody asked for included. */
  async function showMails(name) {
    await pause(SETTLING_MS);
    report({ step: name, exchanges: [], hooks: [], data: mails.all(), error: null, thrown: null });
  }

  return { baseURL, visitor, mail: mails.next, showMails, step, report, pause, landing: `http://localhost:${landingPort}` };
}

/** Hooks for `fetchOptions` that note what the client tells them. */
export function told(hooks, owner) {
  const note = (hook, seen) => hooks.push({ hook: `${owner} ${hook}`, ...seen });
  const pathOf = ({ url }) => new URL(url).pathname;
  return {
    onRequest: (request) => note("onRequest", { method: request.method, path: pathOf(request) }),
    onResponse: ({ response, request }) => note("onResponse", { status: response.status, path: pathOf(request) }),
    onSuccess: ({ data }) => note("onSuccess", { data }),
    onError: ({ error, responseText }) => note("onError", { error, responseText }),
    onRetry: ({ response }) => note("onRetry", { status: response.status }),
  };
}

function visible(value) {
  if (value instanceof Date) return { $date: value.toISOString() };
  if (Array.isArray(value)) return value.map(visible);
  if (value === undefined) return null;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visible(inner)]));
}

function report(line) {
  console.log(JSON.stringify(visible(line)));
}

/** Plays one call and reports it; gives what it returned, as the application would use it. */
async function step(name, { client, exchanges, hooks }, act) {
  exchanges.length = 0;
  hooks.length = 0;
  let result = null;
  let thrown = null;
  try {
    result = await act(client);
  } catch (error) {
    const { name: type, message, status, statusText, error: body } = error;
    thrown = { type, message, status, statusText, body };
  }
  // With `throw: true` the client returns the data itself.
  const enveloped = result !== null && typeof result === "object" && "data" in result && "error" in result;
  const { data, error } = enveloped ? result : { data: result, error: null };
  report({ step: name, exchanges, hooks, data, error, thrown, enveloped });
  return data;
}

/** The page that links in mails lead to, on another origin: it answers with where it was reached. */
export async function openLandingPage(port) {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ landed: request.url }));
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return () => {
    server.close();
    server.closeAllConnections();
  };
}
