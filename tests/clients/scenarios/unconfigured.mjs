// What a server answers that was not told how to do it.
const email = "una@example.com";
const password = "correct horse battery";

export default async function unconfigured({ visitor, step, showMails }) {
  const una = visitor();
  await step("sign-up", una, (client) => client.signUp.email({ name: "Una", email, password }));
  await step("reset", una, (client) => client.requestPasswordReset({ email }));
  await step("verification", una, (client) => client.sendVerificationEmail({ email }));
  await step("change of the address", una, (client) => client.changeEmail({ newEmail: "unknown@example.com" }));
  await step("deletion", una, (client) => client.deleteUser({ password }));
  await step("deletion through the callback", una, (client) => client.deleteUser.callback({ query: { token: "x" } }));
  const { data: accounts } = await una.client.listAccounts();
  await step("unlink the only account", una, (client) =>
    client.unlinkAccount({ providerId: "credential", accountId: accounts[0].id }),
  );
  await step("a field that the session does not have", una, (client) => client.updateSession({ device: "phone" }));
  await step("a plugin that the server does not have", una, (client) => client.organization.list());
  await step("a method that the endpoint does not have", una, (client) =>
    client.listSessions({ fetchOptions: { method: "POST" } }),
  );
  await showMails("no mails");
}
