// A magic link in a real Chromium: asked for by the unmodified client on a page, opened from the mail in the folder.
// Usage: node magic_link.mjs BASE_URL MAIL_FOLDER CHROMIUM
import { readdirSync, readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";

const [baseURL, folder, executablePath] = process.argv.slice(2);

/** The link in the only mail, once it is there. */
async function mailedLink() {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
    const [mail] = readdirSync(folder).filter((name) => name.endsWith(".eml"));
    const link = mail && readFileSync(`${folder}/${mail}`, "utf8").match(/^https?:\S+$/m);
    if (link) return link[0];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`No mail with a link in ${folder}`);
}

const browser = await chromium.launch({ ...LAUNCH, executablePath });
try {
  const page = await browser.newPage();
  const ask = (path, body) =>
    page.evaluate(
      async ([path, body]) => {
        const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
        return (await fetch(path, body ? post : {})).json();
      },
      [path, body ?? null],
    );
  await page.goto(`${baseURL}/api/auth/ok`);
  const asked = await ask("/api/auth/sign-in/magic-link", { email: "ada@example.com", name: "Ada", callbackURL: "/api/auth/ok?in=1" });
  const before = await ask("/api/auth/get-session");
  const link = await mailedLink();
  await page.goto(link);
  const landed = page.url();
  const session = await ask("/api/auth/get-session");
  await page.goto(link);
  const cookies = await page.context().cookies();
  const kept = cookies.map(({ name, httpOnly }) => [name, httpOnly]).sort();
  const read = await page.evaluate(() => document.cookie);
  console.log(JSON.stringify({ asked, before, landed, email: session.user.email, again: page.url(), kept, read }));
} finally {
  await browser.close();
}
