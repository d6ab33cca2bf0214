// The mails of a server, which it writes to a file as one JSON object a line.
import { readFileSync } from "node:fs";

const WAIT_MS = 15_000;
const POLL_MS = 20;

export function openMails(file) {
  const taken = new Set();
  const all = () => readFileSync(file, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));

  /** The next mail of this kind to this address that nobody has read yet. */
  async function next(kind, to) {
    for (const deadline = Date.now() + WAIT_MS; Date.now() < deadline; ) {
      const mails = all();
      const index = mails.findIndex((one, position) => !taken.has(position) && one.kind === kind && one.to === to);
      if (index >= 0) {
        taken.add(index);
        return mails[index];
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`No mail "${kind}" to ${to} among ${JSON.stringify(all())}`);
  }

  return { all, next };
}
