// How the client can be called: thrown errors, hooks, retries, headers, methods; and a server that limits calls.
import { told } from "../stage.mjs";

const email = "cal@example.com";
const password = "correct horse battery";

export default async function calls({ visitor, step, landing }) {
  const cal = visitor();
  await step("sign-up", cal, (client) => client.signUp.email({ name: "Cal", email, password }));
  await step("hooks of one call that works", cal, (client) => client.getSession({ fetchOptions: told(cal.hooks, "call") }));
  await step("hooks as a second argument", cal, (client) => client.getSession({}, told(cal.hooks, "call")));
  await step("hooks of one call that fails", cal, (client) =>
    client.changePassword({ currentPassword: "wrong horse", newPassword: password, fetchOptions: told(cal.hooks, "call") }),
  );
  await step("data instead of an envelope", cal, (client) => client.getSession({ fetchOptions: { throw: true } }));
  await step("a thrown error", cal, (client) =>
    client.verifyPassword({ password: "wrong horse", fetchOptions: { throw: true } }),
  );
  await step("a thrown error without a body", cal, (client) => client.$fetch("/no-such-endpoint", { throw: true }));
  await step("a thrown validation error", cal, (client) =>
    client.changePassword({ currentPassword: 1, fetchOptions: { throw: true } }),
  );
  const thrower = visitor({ fetchOptions: { throw: true } });
  await step("a client that always throws, data", thrower, (client) => client.getSession());
  await step("a client that always throws, error", thrower, (client) => client.listSessions());

  await step("a query", cal, (client) => client.getSession({ query: { disableCookieCache: true, disableRefresh: true } }));
  await step("a header", cal, (client) => client.getSession({ fetchOptions: { headers: { "x-mine": "yes" } } }));
  await step("a body in the options", cal, (client) =>
    client.updateUser({ fetchOptions: { method: "POST", body: { name: "Cal Ender" } } }),
  );
  await step("the plain fetch of the client", cal, (client) =>
    client.$fetch("/update-user", { method: "POST", body: { name: "Cal" } }),
  );
  await step("the plain fetch without a body", cal, (client) => client.$fetch("/revoke-session", { method: "POST" }));
  await step("text instead of JSON", cal, (client) =>
    client.$fetch("/update-user", { method: "POST", body: "no JSON", headers: { "content-type": "application/json" } }),
  );
  await step("another media type", cal, (client) =>
    client.$fetch("/update-user", { method: "POST", body: "name=Cal", headers: { "content-type": "text/plain" } }),
  );
  await step("a form", cal, (client) =>
    client.$fetch("/sign-in/email", {
      method: "POST",
      body: new URLSearchParams({ email, password }),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    }),
  );
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    await step(`by ${method}`, cal, (client) => client.$fetch("/update-user", { method, body: { name: "Cal" } }));
  }
  await step("by HEAD", cal, (client) => client.$fetch("/get-session", { method: "HEAD" }));
  await step("a query with a list", cal, (client) => client.getSession({ query: { disableCookieCache: ["true", "x"] } }));
  await step("a query with an object", cal, (client) => client.listSessions({ query: { a: { b: 1 } } }));
  await step("a slash too many", cal, (client) => client.$fetch("/get-session/"));
  await step("values that JSON does not have", cal, (client) =>
    client.updateUser({ name: "Cal", image: undefined, nickname: undefined }),
  );
  await step("a null where none may be", cal, (client) => client.signIn.email({ email, password, rememberMe: null }));
  await step("a text where a yes or no is wanted", cal, (client) =>
    client.signIn.email({ email, password, rememberMe: "false" }),
  );
  await step("a name with every kind of letter", cal, (client) =>
    client.updateUser({ name: "Ka\u00ebl \u{1F600} \u202e <b>&amp;</b> \"\\ __proto__ 1990-05-17T00:00:00.000Z" }),
  );
  await step("a name that looks like a date", cal, (client) => client.updateUser({ name: "2024-02-30T25:61:00Z" }));
  await step("becomes a date in the client", cal, (client) => client.getSession());
  await step("HEAD with a body", cal, (client) => client.updateSession({ device: "x", fetchOptions: { method: "HEAD" } }));
  await step("a date in the past, parsed", cal, (client) => client.updateUser({ bornAt: "1990-05-17T00:00:00.000Z" }));
  await step("shown", cal, (client) => client.getSession());
  await step("dates as text", cal, (client) => client.getSession({ fetchOptions: { jsonParser: JSON.parse } }));
  await step("sign-in that leads on", visitor({ origin: landing }), (client) =>
    client.signIn.email({ email, password, callbackURL: `${landing}/welcome` }),
  );
  await step("retries", cal, (client) =>
    client.verifyPassword({ password: "wrong horse", fetchOptions: { retry: { type: "linear", attempts: 2, delay: 1 } } }),
  );
  await step("a call that was cancelled", cal, (client) =>
    client.getSession({ fetchOptions: { signal: AbortSignal.abort() } }),
  );
  await step("a method that the server does not allow", cal, (client) =>
    client.getSession({ fetchOptions: { method: "POST" } }),
  );
  await step("sign-out from a foreign site", cal, (client) =>
    client.signOut({ fetchOptions: { headers: { origin: "http://evil.example" } } }),
  );
  await step("sign-out", cal, (client) => client.signOut());
  await step("ok", cal, (client) => client.ok());
}
