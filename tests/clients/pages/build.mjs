// Builds a page for every framework that better-auth has a client for.
// Usage: node build.mjs AUTH_URL FOLDER
import { cpSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { compile } from "svelte/compiler";

const [authURL, outdir] = process.argv.slice(2);
const here = import.meta.dirname;

const svelte = {
  name: "svelte",
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, ({ path }) => {
      const { js } = compile(readFileSync(path, "utf8"), { filename: basename(path), generate: "client" });
      return { contents: js.code, loader: "js" };
    });
  },
};

await build({
  entryPoints: ["vanilla.js", "react.jsx", "vue.js", "svelte.js", "solid.js", "plugins.js"].map((name) => join(here, name)),
  outdir,
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  jsx: "automatic",
  conditions: ["browser"],
  plugins: [svelte],
  define: {
    "process.env.NODE_ENV": '"production"',
    AUTH_URL: JSON.stringify(authURL),
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
  },
});
cpSync(join(here, "index.html"), join(outdir, "index.html"));
