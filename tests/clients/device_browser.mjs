// A television and the user who approves it, in two contexts of a real Chromium: their cookies are apart.
// Usage: node device_browser.mjs --page URL --folder FOLDER --api URL --chromium PATH; one JSON object on stdout.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";

const options = Object.fromEntries(["page", "folder", "api", "chromium"].map((name) => [name, { type: "string" }]));
const { values: args } = parseArgs({ options });
await build({
  entryPoints: [join(import.meta.dirname, "device_page.js")],
  outfile: join(args.folder, "page.js"),
  bundle: true,
  format: "esm",
  target: "es2022",
  conditions: ["browser"],
  define: { "process.env.NODE_ENV": '"production"', AUTH_URL: JSON.stringify(args.api) },
});
const html = '<!doctype html><meta charset="utf-8"><title>Device</title><body><script type="module" src="/page.js"></script>';
writeFileSync(join(args.folder, "device.html"), html);

const browser = await chromium.launch({ ...LAUNCH, executablePath: args.chromium });
const complaints = [];
const opened = async (context, url) => {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return page;
};
const text = (page, id) => page.locator(`#${id}`).innerText();

async function play(decision) {
  const [livingRoom, phone] = [await browser.newContext(), await browser.newContext()];
  const television = await opened(livingRoom, `${args.page}/device.html`);
  const link = await text(television, "link");
  const signedOut = await opened(phone, link);
  const before = await text(signedOut, "outcome");
  await signedOut.evaluate((name) => globalThis.signUp(name), `${decision}-ada`);
  const user = await opened(phone, link);
  const request = await text(user, "request");
  await user.getByRole("button", { name: decision }).click();
  const decided = await text(user, "outcome");
  const outcome = await text(television, "outcome");
  const cookies = (await livingRoom.cookies()).map(({ name }) => name);
  const code = await text(television, "code");
  await Promise.all([livingRoom.close(), phone.close()]);
  return { hasCode: link.endsWith(`?user_code=${code}`), before, request, decided, outcome, cookies };
}

console.log(JSON.stringify({ approved: await play("approve"), denied: await play("deny"), complaints }));
await browser.close();
