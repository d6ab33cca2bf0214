// The outside world of a scenario: every fetch of this process is answered by what the scenario declares, no connection
// leaves this machine, and what was sent is kept. betterauth_py/conformance/outside.py says what a declaration means.

import net from "node:net";

const PIECE = 16_384;
let replies = [];
let sent = [];
let underway = 0;

export function setOutside(declared) {
  replies = declared ?? [];
}

/** What was sent since this was last asked, once everything is answered. */
export async function sentOutside() {
  while (underway) await new Promise((resolve) => setTimeout(resolve, 2));
  const taken = sent;
  sent = [];
  return taken;
}

function replyTo(method, url) {
  const known = replies.filter((reply) => reply.method === method);
  return known.find((reply) => reply.url === url) ?? known.find((reply) => reply.url === url.split("?")[0]);
}

const failing = (code) => Object.assign(new Error(code), { code });
const failures = { refused: "ECONNREFUSED", reset: "ECONNRESET", timeout: "UND_ERR_CONNECT_TIMEOUT" };

async function answered({ origin, path, method, headers, body }, handler) {
  const chunks = [];
  if (body) for await (const chunk of body) chunks.push(Buffer.from(chunk));
  const url = `${origin}${path}`;
  const reply = replyTo(method, url);
  const lines = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  sent.push({ method, url, headers: lines, body: Buffer.concat(chunks).toString("base64"), declared: Boolean(reply) });
  let over = false;
  const end = (error) => {
    if (over) return;
    over = true;
    if (error) handler.onError(error);
    else handler.onComplete([]);
  };
  handler.onConnect((reason) => end(reason ?? failing("UND_ERR_ABORTED")));
  if (over) return;
  if (!reply) return end(new Error(`the scenario declares no reply for ${method} ${url}`));
  if (reply.after) await new Promise((resolve) => setTimeout(resolve, reply.after * 1000));
  if (over) return;
  if (reply.failure in failures) return end(failing(failures[reply.failure]));
  const content = Buffer.from(reply.body, "base64");
  const given = reply.headers.some(([name]) => name.toLowerCase() === "content-length");
  const raw = given ? reply.headers : [...reply.headers, ["Content-Length", String(content.length)]];
  handler.onHeaders(reply.status, raw.flat().map((text) => Buffer.from(text)), () => {}, "");
  const shown = reply.failure === "cut" ? content.subarray(0, content.length / 2) : content;
  for (let start = 0; start < shown.length && !over; start += PIECE) handler.onData(shown.subarray(start, start + PIECE));
  if (reply.failure !== "cut") return end();
  // The answer has begun before it breaks off.
  await new Promise((resolve) => setTimeout(resolve, 5));
  end(failing("UND_ERR_SOCKET"));
}

// What fetch hands its requests to.
globalThis[Symbol.for("undici.globalDispatcher.1")] = {
  dispatch(options, handler) {
    underway += 1;
    answered(options, handler)
      .catch((error) => handler.onError(error))
      .finally(() => (underway -= 1));
    return true;
  },
};

const NEARBY = new Set([undefined, "localhost", "127.0.0.1", "::1"]);
const { connect } = net.Socket.prototype;

// Whatever does not fetch: the database and Redis are nearby, everything else is the outside.
net.Socket.prototype.connect = function guarded(...given) {
  const [target, host] = Array.isArray(given[0]) ? given[0] : given;
  const named = typeof target === "object" ? target.host : typeof host === "string" ? host : undefined;
  if (NEARBY.has(named)) return connect.apply(this, given);
  sent.push({ method: "CONNECT", url: `tcp://${named}:${target.port ?? target}`, headers: [], body: "", declared: false });
  throw new Error(`the reference may not connect to ${named}`);
};
