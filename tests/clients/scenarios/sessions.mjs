// Sessions and accounts: listed and ended.
const email = "sam@example.com";
const password = "correct horse battery";
// A call without arguments would be a GET: the client does not know better.
const asPost = { method: "POST" };

export default async function sessions({ visitor, step }) {
  const nobody = visitor();
  const sam = visitor();
  const phone = visitor();
  const tablet = visitor();
  const signIn = (client) => client.signIn.email({ email, password });
  await step("sign-up", sam, (client) => client.signUp.email({ name: "Sam", email, password }));
  const { token } = await step("sign-in on the phone", phone, signIn);

  await step("list without a session", nobody, (client) => client.listSessions());
  await step("list", phone, (client) => client.listSessions());
  await step("end one without a session", nobody, (client) => client.revokeSession({ token }));
  await step("end none", sam, (client) => client.revokeSession({ fetchOptions: asPost }));
  await step("end an unknown one", sam, (client) => client.revokeSession({ token: "unknown" }));
  await step("end one", sam, (client) => client.revokeSession({ token }));
  await step("has ended", phone, (client) => client.listSessions());

  await step("sign-in on the tablet", tablet, signIn);
  await step("end the others without a session", nobody, (client) => client.revokeOtherSessions());
  await step("end the others", tablet, (client) => client.revokeOtherSessions());
  await step("one is left", tablet, (client) => client.listSessions());
  await step("the first has ended", sam, (client) => client.getSession());
  await step("end all without a session", nobody, (client) => client.revokeSessions());
  await step("end all", tablet, (client) => client.revokeSessions());
  await step("none is left", tablet, (client) => client.getSession());

  await step("accounts without a session", nobody, (client) => client.listAccounts());
  await step("sign-in", sam, signIn);
  const accounts = await step("accounts", sam, (client) => client.listAccounts());
  await step("unlink without a session", nobody, (client) =>
    client.unlinkAccount({ providerId: "credential", accountId: "unknown" }),
  );
  await step("unlink nothing", sam, (client) => client.unlinkAccount({ fetchOptions: asPost }));
  await step("unlink without an account", sam, (client) => client.unlinkAccount({ providerId: "credential" }));
  await step("unlink an unknown account", sam, (client) =>
    client.unlinkAccount({ providerId: "credential", accountId: "unknown" }),
  );
  await step("unlink", sam, (client) =>
    client.unlinkAccount({ providerId: "credential", accountId: accounts[0].id }),
  );
  await step("no account is left", sam, (client) => client.listAccounts());
  await step("sign-in without an account", nobody, signIn);
}
