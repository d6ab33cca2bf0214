// examples/nextjs without Next.js itself: its route handler, called as Next.js calls it, and its client code in a page.
// Usage: DATABASE_URL=... BETTER_AUTH_SECRET=... node nextjs.mjs PORT '{"remote": URL, "database": URL, ...}' BUILD_DIR
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = join(root, "examples/nextjs");
// The packages of other folders: what the example installs with npm, and a bundler for its TypeScript.
const oracle = join(root, "contracts/oracle/node_modules");
const { build } = createRequire(join(root, "examples/react/package.json"))("esbuild");

const [port, backends, folder] = process.argv.slice(2);
process.env.BETTER_AUTH_URL = `http://localhost:${port}`;
process.env.BACKEND_URL = JSON.parse(backends).remote;

// Beside the packages, so that Node finds them from there.
const server = join(oracle, ".cache", `nextjs-${process.pid}`);
mkdirSync(server, { recursive: true });
const common = { bundle: true, format: "esm", nodePaths: [oracle], logLevel: "error" };
await build({
  ...common,
  stdin: {
    contents: `export * from "@/app/api/auth/[...all]/route"; export { auth } from "@/lib/auth";
      export { callBackendFromServer } from "@/lib/backend-server"; export { requestHeaders } from "next/headers";
      export { getMigrations } from "better-auth/db/migration";`,
    resolveDir: example,
  },
  alias: { "@": example, "next/headers": join(root, "tests/clients/next_headers.mjs") },
  outfile: join(server, "route.mjs"),
  platform: "node",
  external: ["better-auth", "better-auth/*", "pg"],
});
const pages = {};
for (const [name, url] of Object.entries(JSON.parse(backends))) {
  const outfile = join(folder, `${name}.js`);
  await build({
    ...common,
    stdin: {
      contents:
        `import * as backend from "@/lib/backend"; import { authClient } from "@/lib/auth-client";
        Object.assign(window, backend, { authClient });`,
      resolveDir: example,
    },
    alias: { "@": example },
    outfile,
    platform: "browser",
    define: { "process.env.NEXT_PUBLIC_BACKEND_URL": JSON.stringify(url), "process.env.NODE_ENV": '"production"' },
  });
  pages[`/${name}.js`] = outfile;
}

const { GET, POST, auth, callBackendFromServer, requestHeaders, getMigrations } = await import(
  pathToFileURL(join(server, "route.mjs"))
);
rmSync(server, { recursive: true });
await (await getMigrations(auth.options)).runMigrations();

createServer(async (incoming, outgoing) => {
  const url = new URL(incoming.url, process.env.BETTER_AUTH_URL);
  if (url.pathname === "/health/ready") return outgoing.end("ready");
  if (url.pathname === "/server-component") {
    const asked = new Headers(Object.entries(incoming.headers));
    const answer = await requestHeaders.run(asked, () => callBackendFromServer("/me"));
    return outgoing.writeHead(answer.status).end(await answer.text());
  }
  if (!url.pathname.startsWith("/api/auth/")) {
    const script = pages[url.pathname];
    if (script) return outgoing.setHeader("content-type", "text/javascript").end(readFileSync(script));
    const html = `<!doctype html><script src="${url.pathname}.js"></script>`;
    return outgoing.setHeader("content-type", "text/html").end(html);
  }
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method, headers } = incoming;
  const body = method === "GET" ? undefined : Buffer.concat(chunks);
  const answer = await (method === "GET" ? GET : POST)(new Request(url, { method, headers, body }));
  for (const [name, value] of answer.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
  outgoing.setHeader("set-cookie", answer.headers.getSetCookie());
  outgoing.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
}).listen(Number(port), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
