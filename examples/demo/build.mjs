// `node build.mjs` writes the page to OUT_DIR for the auth server and the service at AUTH_URL and API_URL.
// It uses the Node packages of ../react, which has its own lock file.
import { cpSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { build } = createRequire(here("../react/package.json"))("esbuild");

const outdir = process.env.OUT_DIR ?? here("dist");
cpSync(here("page"), outdir, { recursive: true });
await build({
  entryPoints: [here("page/main.js"), here("page/styles.css")],
  outdir,
  allowOverwrite: true,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  nodePaths: [here("../react/node_modules")],
  define: {
    "process.env.NODE_ENV": '"production"',
    AUTH_URL: JSON.stringify(process.env.AUTH_URL ?? "http://localhost:3001"),
    API_URL: JSON.stringify(process.env.API_URL ?? "http://localhost:8000"),
  },
});
