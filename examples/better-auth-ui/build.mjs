// `node build.mjs` writes the pages to dist/; `node build.mjs --serve` serves them on port 3000 and rebuilds on change.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { context } from "esbuild";

const authURL = process.env.AUTH_URL ?? "http://localhost:3001";
const outdir = process.env.OUT_DIR ?? "dist";
const serve = process.argv.includes("--serve");

const build = await context({
  entryPoints: ["src/main.jsx"],
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: !serve,
  sourcemap: serve,
  target: "es2022",
  jsx: "automatic",
  define: {
    "process.env.NODE_ENV": JSON.stringify(serve ? "development" : "production"),
    AUTH_URL: JSON.stringify(authURL),
    PAGE_URL: JSON.stringify(process.env.PAGE_URL ?? null),
  },
});
cpSync("public", outdir, { recursive: true });

// Tailwind finds the classes of better-auth-ui's views by itself: their stylesheet names the package as a source.
const folder = dirname(createRequire(import.meta.url).resolve("@tailwindcss/cli/package.json"));
const styles = [join(folder, "dist/index.mjs"), "--input", "src/styles.css", "--output", join(outdir, "styles.css")];
const tailwind = (flag, stderr) => spawn(process.execPath, [...styles, flag], { stdio: ["ignore", "ignore", stderr] });

const [[code]] = await Promise.all([once(tailwind("--minify", "inherit"), "exit"), build.rebuild()]);
if (!serve) {
  await build.dispose();
  process.exit(code);
}
const watcher = tailwind("--watch=always", "ignore");
process.on("exit", () => watcher.kill());
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit());
await build.watch();
await build.serve({ servedir: outdir, port: 3000, fallback: `${outdir}/index.html` }).catch(({ message }) => {
  console.error(message); // the port is taken
  process.exit(1);
});
console.log(`Pages on http://localhost:3000, talking to ${authURL}`);
