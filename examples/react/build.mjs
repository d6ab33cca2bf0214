// `node build.mjs` writes the page to dist/; `node build.mjs --serve` serves it on port 3000 and rebuilds on change.
import { cpSync } from "node:fs";
import { context } from "esbuild";

const authURL = process.env.AUTH_URL ?? "http://localhost:3001";
const outdir = process.env.OUT_DIR ?? "dist";
const serve = process.argv.includes("--serve");

const build = await context({
  entryPoints: ["src/main.jsx", "src/styles.css"],
  outdir,
  bundle: true,
  minify: !serve,
  sourcemap: serve,
  target: "es2022",
  jsx: "automatic",
  define: {
    "process.env.NODE_ENV": JSON.stringify(serve ? "development" : "production"),
    AUTH_URL: JSON.stringify(authURL),
    PROVIDERS: JSON.stringify(process.env.PROVIDERS ?? ""),
  },
});
cpSync("public", outdir, { recursive: true });

if (serve) {
  await build.watch();
  await build.serve({ servedir: outdir, port: 3000, fallback: `${outdir}/index.html` });
  console.log(`Page on http://localhost:3000, talking to ${authURL}`);
} else {
  await build.rebuild();
  await build.dispose();
}
