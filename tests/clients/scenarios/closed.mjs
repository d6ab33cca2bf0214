// A server without passwords, on another path.
const account = { name: "Cid", email: "cid@example.com", password: "correct horse battery" };

export default async function closed({ visitor, step, baseURL }) {
  const cid = visitor({ basePath: "/accounts" });
  await step("sign-up", cid, (client) => client.signUp.email(account));
  await step("sign-in", cid, (client) => client.signIn.email(account));
  await step("reset", cid, (client) => client.requestPasswordReset({ email: account.email }));
  await step("session", cid, (client) => client.getSession());
  await step("the path in the address", visitor({ baseURL: `${baseURL}/accounts` }), (client) => client.ok());
  await step("the usual path", visitor(), (client) => client.ok());
}
