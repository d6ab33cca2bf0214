// How the tests start Chromium: without a screen, also as root, and without talking to its maker.
export const LAUNCH = {
  headless: true,
  timeout: 30_000,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
