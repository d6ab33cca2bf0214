// What `auth.api.<operation>(...)` of the reference returns and throws, for a list of calls.
//
//   node in_process.mjs '[{"operation": "signUpEmail", "argument": {"body": {…}}}, …]'
//
// A call that says `"as": "ada"` has the cookies that calls with `"keep": "ada"` got; `{"$": "token"}` in an argument is
// the token of the last reset mail. Prints one JSON list: what was returned, or the error.

import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";

const mailed = {};
const auth = betterAuth({
  baseURL: "http://localhost:3000",
  secret: "the-conformance-secret-0123456789-abcdefghij",
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
  emailAndPassword: { enabled: true, sendResetPassword: async ({ token }) => void (mailed.token = token) },
  emailVerification: { sendVerificationEmail: async () => {} },
  user: { deleteUser: { enabled: true }, changeEmail: { enabled: true } },
  logger: { disabled: true },
  telemetry: { enabled: false },
});

const jars = {};

const filled = (value) => {
  if (Array.isArray(value)) return value.map(filled);
  if (value === null || typeof value !== "object") return value;
  if (value.$) return mailed[value.$];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item)]));
};

const headersOf = (headers) => [...headers].map(([name, value]) => [name, value.split(";")[0].split(".")[0]]);

async function shown(result) {
  if (result instanceof Response) {
    return { status: result.status, headers: headersOf(result.headers), body: await result.text() };
  }
  if (result?.headers instanceof Headers) return { ...result, headers: headersOf(result.headers) };
  return result;
}

async function called({ operation, argument, as, keep }) {
  const given = argument === undefined ? undefined : filled(argument);
  if (as) given.headers = { ...given.headers, cookie: jars[as] };
  try {
    const result = await auth.api[operation](given);
    if (keep) jars[keep] = result.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
    return { returned: await shown(result) };
  } catch (error) {
    const location = error.headers ? new Headers(error.headers).get("location") : null;
    return { raised: { status: error.statusCode ?? null, body: error.body ?? null, location } };
  }
}

const answers = [];
for (const call of JSON.parse(process.argv[2])) answers.push(await called(call));
process.stdout.write(JSON.stringify(answers));
