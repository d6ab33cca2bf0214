// What better-auth's jwt plugin signs and verifies in-process, for a list of bodies: the token's parts, or the error.
//   node reference.mjs '[{"payload": {…}}, …]'

import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const oracle = createRequire(new URL("../../../contracts/oracle/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(oracle.resolve(name)).href);
const { betterAuth } = await load("better-auth");
const { memoryAdapter } = await load("better-auth/adapters/memory");
const { jwt } = await load("better-auth/plugins");

const auth = betterAuth({
  baseURL: "http://localhost:3000",
  secret: "the-conformance-secret-0123456789-abcdefghij",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
  logger: { disabled: true },
  telemetry: { enabled: false },
  plugins: [jwt()],
});
const part = (token, number) => Buffer.from(token.split(".")[number], "base64url").toString();

async function played(body) {
  try {
    const { token } = await auth.api.signJWT({ body });
    const { payload } = await auth.api.verifyJWT({ body: { token, issuer: body.issuer } });
    return { header: Object.keys(JSON.parse(part(token, 0))), payload: part(token, 1), verified: payload && JSON.stringify(payload) };
  } catch (error) {
    return { error: error.body ?? "error" };
  }
}

const answers = [];
for (const body of JSON.parse(process.argv[2])) answers.push(await played(body));
process.stdout.write(JSON.stringify(answers));
