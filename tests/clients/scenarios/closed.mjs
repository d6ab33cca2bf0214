// A server without passwords.
const account = { name: "Cid", email: "cid@example.com", password: "correct horse battery" };

export default async function closed({ visitor, step }) {
  const cid = visitor();
  await step("sign-up", cid, (client) => client.signUp.email(account));
  await step("sign-in", cid, (client) => client.signIn.email(account));
  await step("reset", cid, (client) => client.requestPasswordReset({ email: account.email }));
  await step("session", cid, (client) => client.getSession());
}
