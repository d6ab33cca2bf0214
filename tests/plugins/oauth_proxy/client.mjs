// The unmodified client at a preview, and a browser that it sends to the provider: by production, back to the preview.
// Usage: node client.mjs PREVIEW
//
// One JSON object on stdout: the origins that the browser went through, and who is signed in.
import { createAuthClient } from "../../clients/node_modules/better-auth/dist/client/index.mjs";

const [preview] = process.argv.slice(2);
const jars = new Map();
const visited = [];

/** A request with the cookies of its origin, as browsers keep them; the servers here are of different hosts. */
async function request(url, init = {}) {
  const { origin } = new URL(url);
  const jar = jars.get(origin) ?? new Map();
  jars.set(origin, jar);
  const headers = new Headers(init.headers);
  headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
  const response = await fetch(url, { ...init, headers, redirect: "manual" });
  for (const line of response.headers.getSetCookie()) {
    const [pair, ...attributes] = line.split(/;\s*/);
    const [name, ...value] = pair.split("=");
    const over = attributes.some((one) => /^max-age=0$/i.test(one) || /^expires=.* 1970/i.test(one));
    if (over) jar.delete(name);
    else jar.set(name, value.join("="));
  }
  return response;
}

/** Go to a URL as a browser does: through redirects and the provider's forms, to the first page of the application. */
async function browse(url, init) {
  const { origin } = new URL(url);
  if (visited.at(-1) !== origin) visited.push(origin);
  const response = await request(url, init);
  const location = response.headers.get("location");
  if (location) return browse(new URL(location, url).href);
  const page = await response.text();
  if (!page.includes("<form")) return new URL(url);
  const isLogin = page.includes('name="email"');
  const form = isLogin ? { email: "ada@example.com", name: "Ada Lovelace" } : { allow: "yes" };
  return browse(url, { method: "POST", body: new URLSearchParams(form) });
}

const client = createAuthClient({
  baseURL: preview,
  fetchOptions: { customFetchImpl: request, headers: { origin: preview } },
});
const begun = await client.signIn.social({ provider: "acme", callbackURL: "/dashboard", disableRedirect: true });
if (begun.error) throw new Error(JSON.stringify(begun.error));
const end = await browse(begun.data.url);
const { data } = await client.getSession();
console.log(JSON.stringify({ visited, end: end.href, user: data?.user?.email ?? null, name: data?.user?.name ?? null }));
process.exit(0);
