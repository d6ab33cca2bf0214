// The unmodified better-auth client in Node, one JSON line per step on stdout; see stage.mjs.
// Usage: node node_client.mjs BASE_URL MAILS_FILE LANDING_PORT SCENARIO...
// A scenario is a file in scenarios/; its people have addresses of their own.
import { openLandingPage, openStage } from "./stage.mjs";

const [baseURL, mailsFile, landingPort, ...scenarios] = process.argv.slice(2);
if (scenarios.length === 0) throw new Error("usage: node node_client.mjs BASE_URL MAILS_FILE LANDING_PORT SCENARIO...");

const close = await openLandingPage(Number(landingPort));
try {
  const stage = openStage({ baseURL, mailsFile, landingPort });
  for (const scenario of scenarios) {
    const { default: play } = await import(`./scenarios/${scenario}.mjs`);
    await play(stage);
  }
} finally {
  close();
}
