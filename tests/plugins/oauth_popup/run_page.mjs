// Runs the script of the page on stdin as a popup does; prints what it has posted, to whom, and whether it has closed.
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import vm from "node:vm";

const html = await text(process.stdin);
const [, data] = html.match(/<script type="application\/json" id="better-auth-oauth-popup">([^]*?)<\/script>/);
const [, script] = html.match(/<script>([^]*?)<\/script>/);
const posted = [];
let closed = false;
const opener = { postMessage: (message, target) => posted.push({ message, target }) };
const window = { opener, close: () => (closed = true) };
const document = { getElementById: (id) => (id === "better-auth-oauth-popup" ? { textContent: data } : null) };
vm.runInNewContext(script, { window, document });
const hash = createHash("sha256").update(script).digest("base64");
console.log(JSON.stringify({ posted, closed, hash, scripts: html.match(/<script/g).length }));
