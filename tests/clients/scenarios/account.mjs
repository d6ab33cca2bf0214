// One account with two sessions, on a server without users.
const email = "ada@example.com";
const password = "correct horse battery";
const account = { name: "Ada Lovelace", email, password };

export default async function manageAccount({ visitor, step }) {
  const newPassword = "staple battery horse";
  await step("list sessions without a session", visitor(), (client) => client.listSessions());
  await step("update the user without a session", visitor(), (client) => client.updateUser({ name: "Nobody" }));

  const ada = visitor();
  await step("sign-up", ada, (client) => client.signUp.email(account));
  await step("update the user", ada, (client) => client.updateUser({ name: "Ada King" }));
  await step("session after the update", ada, (client) => client.getSession());

  const phone = visitor();
  const { token } = await step("sign-in on the phone", phone, (client) => client.signIn.email({ email, password }));
  await step("revoke the phone", ada, (client) => client.revokeSession({ token }));
  await step("session of the phone", phone, (client) => client.getSession());
  await step("list sessions", ada, (client) => client.listSessions());

  await step("change the password with a wrong one", ada, (client) =>
    client.changePassword({ currentPassword: "wrong horse", newPassword }),
  );
  await step("change the password", ada, (client) =>
    client.changePassword({ currentPassword: password, newPassword, revokeOtherSessions: true }),
  );
  await step("session after the change", ada, (client) => client.getSession());
  await step("sign-in with the old password", phone, (client) => client.signIn.email({ email, password }));
}
