// @better-auth/electron's own client signs in to an app: its main process, the system's browser and the page there. What
// Electron itself gives it is made up; the server, `argv[2]`, is real. Prints what happened.
import { register } from "node:module";

const hooks = `
  export const resolve = (specifier, context, next) =>
    specifier === "electron"
      ? { url: "data:text/javascript,export default globalThis.electron; export const { shell } = globalThis.electron", shortCircuit: true }
      : next(specifier, context);
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

const [, , baseURL] = process.argv;
const opened = [];
const shown = [];
const nothing = () => {};
process.type = "browser";
globalThis.electron = {
  app: { userAgentFallback: "App/1.0", whenReady: async () => {}, on: nothing },
  BrowserWindow: { getAllWindows: () => [{ webContents: { send: (channel, user) => shown.push([channel, user.email]) } }] },
  ipcMain: { handle: nothing },
  net: { fetch },
  protocol: { registerSchemesAsPrivileged: nothing, handle: nothing },
  safeStorage: { isEncryptionAvailable: () => false },
  session: {},
  shell: { openExternal: async (url) => opened.push(new URL(url)) },
  webContents: { getFocusedWebContents: () => null },
};

const packages = new URL("../../../contracts/oracle/node_modules/", import.meta.url);
const { createAuthClient } = await import(new URL("better-auth/dist/client/index.mjs", packages));
const { electronClient, handleDeepLink } = await import(new URL("@better-auth/electron/dist/client.mjs", packages));
const { electronProxyClient } = await import(new URL("@better-auth/electron/dist/proxy.mjs", packages));

const options = {
  signInURL: `${baseURL}/sign-in`,
  protocol: "com.example.app",
  storage: { getItem: () => null, setItem: nothing },
};
const app = createAuthClient({ baseURL, plugins: [electronClient(options)] });

const jar = new Map();
async function browserFetch(url, init) {
  const headers = new Headers(init.headers);
  headers.set("origin", baseURL);
  headers.set("cookie", [...jar].map(([name, { value }]) => `${name}=${value}`).join("; "));
  const answer = await fetch(url, { ...init, headers });
  for (const line of answer.headers.getSetCookie()) {
    const [pair, ...attributes] = line.split("; ");
    const name = pair.slice(0, pair.indexOf("="));
    if (attributes.includes("Max-Age=0")) jar.delete(name);
    else jar.set(name, { value: pair.slice(name.length + 1), hidden: attributes.includes("HttpOnly") });
  }
  return answer;
}
const plugins = [electronProxyClient({ protocol: "com.example.app" })];
const page = createAuthClient({ baseURL, plugins, fetchOptions: { customFetchImpl: browserFetch } });

// Waits until the page leads back to the app.
const leave = () =>
  new Promise((resolve) => {
    globalThis.window = { location: { replace: resolve } };
    globalThis.document = {
      get cookie() {
        const visible = [...jar].filter(([, { hidden }]) => !hidden);
        return visible.map(([name, { value }]) => `${name}=${value}`).join("; ");
      },
      set cookie(line) {
        jar.delete(line.slice(0, line.indexOf("=")));
      },
    };
    page.ensureElectronRedirect({ interval: 5 });
  });

// A new user signs up in the browser.
await app.requestAuth();
const query = Object.fromEntries(opened[0].searchParams);
const ada = { name: "Ada", email: "ada@example.com", password: "correct horse" };
const { data: signedUp } = await page.signUp.email({ ...ada, fetchOptions: { query } });
const link = await leave();
delete globalThis.window;
delete globalThis.document;
await handleDeepLink({ $fetch: app.$fetch, options, url: link });
const { data: session } = await app.getSession();
const again = await handleDeepLink({ $fetch: app.$fetch, options, url: link }).catch((error) => error.message);
await app.signOut();
const { data: afterwards } = await app.getSession();

// Somebody who is signed in in the browser goes on to the app.
await app.requestAuth();
const { data: transferred } = await page.electron.transferUser({
  fetchOptions: { query: Object.fromEntries(opened[1].searchParams) },
});
const second = await leave();
delete globalThis.window;
delete globalThis.document;
await handleDeepLink({ $fetch: app.$fetch, options, url: second });
const { data: secondSession } = await app.getSession();

// By a provider: the browser is sent through this server.
await app.requestAuth({ provider: "github" });
const answer = await browserFetch(opened[2], { headers: {}, redirect: "manual" });

process.stdout.write(
  JSON.stringify({
    asked: Object.keys(query),
    has_code: signedUp.electron_authorization_code.length === 32,
    link: link.split("=")[0],
    session: session.user.email,
    again,
    afterwards,
    transferred: [transferred.url, transferred.redirect],
    secondSession: secondSession.user.email,
    shown,
    provider: [opened[2].pathname, answer.status, new URL(answer.headers.get("location")).host],
    kept: [...jar.keys()].filter((name) => !name.includes("session")).sort(),
  }),
);
