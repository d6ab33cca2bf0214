// An app with the unmodified client of @better-auth/expo. What React Native and Expo bring is made up (`native.mjs`), the
// browser that the app opens has cookies of its own, and GitHub sends it back at once. Prints what happened.
import { register } from "node:module";

register("./native.mjs", import.meta.url);
const modules = "../../../contracts/oracle/node_modules";
const { createAuthClient } = await import(`${modules}/better-auth/dist/client/index.mjs`);
const { expoClient } = await import(`${modules}/@better-auth/expo/dist/client.js`);

const [, , baseURL, scheme] = process.argv;
const happened = [];
const stored = new Map();
const storage = {
  getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => void stored.set(key, value),
  getItemAsync: async (key) => stored.get(key) ?? null,
  setItemAsync: async (key, value) => void stored.set(key, value),
};

/** The browser of the system: its cookies are not the app's. */
const cookies = new Map();
async function visit(url) {
  const header = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const answer = await fetch(url, { redirect: "manual", headers: header ? { cookie: header } : {} });
  for (const line of answer.headers.getSetCookie()) {
    const [name, value] = line.split(";")[0].split("=");
    if (line.includes("Max-Age=0")) cookies.delete(name);
    else cookies.set(name, value);
  }
  return answer;
}
globalThis.openAuthSession = async (url, leadsTo) => {
  const proxied = await visit(url);
  const consent = new URL(proxied.headers.get("location"));
  const callback = new URL(`${baseURL}/api/auth/callback/github`);
  callback.search = new URLSearchParams({ code: "ada", state: consent.searchParams.get("state") });
  const back = (await visit(callback)).headers.get("location");
  happened.push({ proxied: proxied.status, consent: consent.origin, leadsTo, back: back.split("?")[0] });
  return { type: "success", url: back };
};

const client = createAuthClient({
  baseURL,
  plugins: [expoClient({ scheme, storage })],
  fetchOptions: {
    customFetchImpl: async (url, init) => {
      const answer = await fetch(url, init);
      happened.push([init.method, new URL(url).pathname, answer.status, new Headers(init.headers).has("cookie")]);
      return answer;
    },
  },
});
await client.signIn.social({ provider: "github", callbackURL: "/home" });
const { data } = await client.getSession();
const renamed = await client.updateUser({ name: "Ada L" });
const cached = JSON.parse(stored.get("better-auth_session_data"))?.user?.email ?? null;
await client.signOut();
const after = await client.getSession();
const name = renamed.data?.status === true ? "changed" : renamed.error?.code;
console.log(JSON.stringify({ happened, email: data?.user.email ?? null, name, cached, after: after.data, kept: await client.getCookie() }));
process.exit(0);
