// Opens pages in a Chromium that begins with a storage state, one JSON line per page on stdout.
// Usage: node storage_state.mjs --chromium PATH --state FILE URL...
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./launch.mjs";

const { values: args, positionals: urls } = parseArgs({
  options: { chromium: { type: "string" }, state: { type: "string" } },
  allowPositionals: true,
});
const browser = await chromium.launch({ executablePath: args.chromium, ...LAUNCH });
try {
  const context = await browser.newContext({ storageState: args.state });
  for (const url of urls) {
    const page = await context.newPage();
    await page.goto(url);
    console.log(
      JSON.stringify({
        shown: await page.evaluate(() => document.body.innerText),
        ofScript: await page.evaluate(() => document.cookie),
        kept: (await context.cookies(url)).map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite })),
      }),
    );
  }
} finally {
  await browser.close();
}
