// A careful server: every address is verified, and every change of it and every deletion confirmed by mail.
const password = "correct horse battery";
const email = "con@example.com";
const changed = "cora@example.com";

export default async function confirmed({ visitor, step, mail, showMails, landing }) {
  const con = visitor();
  const account = { name: "Con", email, password };
  await step("sign-up", con, (client) => client.signUp.email({ ...account, callbackURL: `${landing}/hello` }));
  const { url: hello } = await mail("verification", email);
  await step("sign-up with a taken address", visitor(), (client) => client.signUp.email(account));
  await mail("existing-user", email);
  await step("sign-in before verification", con, (client) => client.signIn.email({ email, password }));
  await mail("verification", email);
  await step("the link of the first mail", con, (client) => client.$fetch(hello, { redirect: "manual" }));
  await step("is signed in", con, (client) => client.getSession());

  const phone = visitor();
  await step("sign-in on the phone", phone, (client) => client.signIn.email({ email, password }));
  await step("reset", phone, (client) => client.requestPasswordReset({ email }));
  const { token } = await mail("reset", email);
  await step("a new password", phone, (client) => client.resetPassword({ newPassword: password, token }));
  await mail("password-was-reset", email);
  await step("every session has ended", con, (client) => client.getSession());

  await step("sign-in", con, (client) => client.signIn.email({ email, password }));
  await step("change the address", con, (client) =>
    client.changeEmail({ newEmail: changed, callbackURL: `${landing}/changed` }),
  );
  const { url: confirmation } = await mail("change-email", email);
  await step("a wrong confirmation", con, (client) =>
    client.$fetch(confirmation.replace(/token=[^&]+/, "token=wrong")),
  );
  await step("the confirmation", con, (client) => client.$fetch(confirmation));
  const { url: link } = await mail("verification", changed);
  await step("the new address", con, (client) => client.$fetch(link, { redirect: "manual" }));
  await step("changed", con, (client) => client.getSession());

  await step("deletion", con, (client) => client.deleteUser({ callbackURL: `${landing}/bye` }));
  const { token: first, url: bye } = await mail("delete-account", changed);
  await step("deletion with the session of nobody", visitor(), (client) =>
    client.deleteUser.callback({ query: { token: first } }),
  );
  await step("deletion with a foreign callback", con, (client) =>
    client.deleteUser.callback({ query: { token: first, callbackURL: "https://evil.example" } }),
  );
  await step("the link that deletes", con, (client) => client.$fetch(bye));
  await step("nobody is signed in", con, (client) => client.getSession());

  for (const [name, act] of [
    ["the token in the body", (client, token) => client.deleteUser({ token })],
    ["the token through the callback", (client, token) => client.deleteUser.callback({ query: { token } })],
  ]) {
    const dan = visitor();
    const his = { email: "dan@example.com", password };
    await step(`sign-up, ${name}`, dan, (client) => client.signUp.email({ name: "Dan", ...his }));
    const { token: verification } = await mail("verification", his.email);
    await step(`verify, ${name}`, dan, (client) => client.verifyEmail({ query: { token: verification } }));
    await step(`ask, ${name}`, dan, (client) => client.deleteUser({ password }));
    const { token } = await mail("delete-account", his.email);
    await step(`delete, ${name}`, dan, (client) => act(client, token));
    await step(`a second time, ${name}`, dan, (client) => act(client, token));
  }
  await showMails("every mail");
}
