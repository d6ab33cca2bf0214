// Signing up, in and out on a server without users.
const email = "ada@example.com";
const password = "correct horse battery";
const account = { name: "Ada Lovelace", email, password };

export default async function signIn({ visitor, step }) {
  const ada = visitor();
  await step("ok", ada, (client) => client.$fetch("/ok"));
  await step("unknown path", ada, (client) => client.$fetch("/no-such-endpoint"));
  await step("session of a stranger", ada, (client) => client.getSession());
  await step("sign-up with an invalid e-mail", ada, (client) => client.signUp.email({ ...account, email: "nobody" }));
  await step("sign-up with missing fields", ada, (client) => client.signUp.email({ email }));
  await step("sign-up with a short password", ada, (client) => client.signUp.email({ ...account, password: "short" }));
  await step("sign-up", ada, (client) => client.signUp.email(account));
  await step("session after sign-up", ada, (client) => client.getSession());
  await step("sign-up with a taken e-mail", visitor(), (client) => client.signUp.email(account));
  await step("sign-out", ada, (client) => client.signOut());
  await step("session after sign-out", ada, (client) => client.getSession());
  await step("sign-out without a session", ada, (client) => client.signOut());

  await step("sign-in with a wrong password", ada, (client) => client.signIn.email({ email, password: "wrong horse" }));
  await step("sign-in with an unknown e-mail", ada, (client) =>
    client.signIn.email({ email: "charles@example.com", password }),
  );
  await step("sign-in with an invalid e-mail", ada, (client) => client.signIn.email({ email: "nobody", password }));
  await step("sign-in with missing fields", ada, (client) => client.signIn.email({ email }));
  await step("sign-in with other letter case", ada, (client) =>
    client.signIn.email({ email: "ADA@Example.com", password }),
  );
  await step("session after sign-in", ada, (client) => client.getSession({ query: { disableCookieCache: true } }));

  const phone = visitor();
  await step("sign-in that is not remembered", phone, (client) =>
    client.signIn.email({ email, password, rememberMe: false }),
  );
  await step("session that is not remembered", phone, (client) => client.getSession());

  await step("sign-in from a foreign origin", visitor({ origin: "http://evil.example" }), (client) =>
    client.signIn.email({ email, password }),
  );
  // Node's fetch sends Sec-Fetch-Mode, so a request without an Origin counts as a browser that hides it.
  await step("sign-in without an origin", visitor({ origin: null }), (client) =>
    client.signIn.email({ email, password }),
  );
  await step("session without an origin", visitor({ origin: null }), (client) => client.getSession());
}
