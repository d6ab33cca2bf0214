// Forgotten, checked and changed passwords.
const email = "pia@example.com";
const password = "correct horse battery";
const second = "staple battery horse";
const third = "horse correct staple";
// A call without arguments would be a GET: the client does not know better.
const asPost = { method: "POST" };

export default async function passwords({ visitor, step, mail, landing }) {
  const nobody = visitor();
  const pia = visitor();
  await step("sign-up", pia, (client) => client.signUp.email({ name: "Pia", email, password }));

  await step("reset without an address", nobody, (client) => client.requestPasswordReset({ fetchOptions: asPost }));
  await step("reset for an invalid address", nobody, (client) => client.requestPasswordReset({ email: "nobody" }));
  await step("reset for an unknown address", nobody, (client) =>
    client.requestPasswordReset({ email: "nobody@example.com" }),
  );
  await step("reset that leads to a foreign site", nobody, (client) =>
    client.requestPasswordReset({ email, redirectTo: "https://evil.example/reset" }),
  );
  await step("reset", nobody, (client) => client.requestPasswordReset({ email, redirectTo: `${landing}/reset` }));
  const { url, token } = await mail("reset", email);
  await step("the link of the mail", nobody, (client) => client.$fetch(url));
  await step("the link of the mail, not followed", nobody, (client) => client.$fetch(url, { redirect: "manual" }));
  await step("a link with a wrong token", nobody, (client) =>
    client.$fetch("/reset-password/:token", {
      params: { token: "wrong" },
      query: { callbackURL: `${landing}/reset` },
    }),
  );
  await step("a link without a callback", nobody, (client) =>
    client.$fetch("/reset-password/:token", { params: { token } }),
  );

  await step("a new password without a token", nobody, (client) => client.resetPassword({ newPassword: second }));
  await step("a new password with a wrong token", nobody, (client) =>
    client.resetPassword({ newPassword: second, token: "wrong" }),
  );
  await step("no new password", nobody, (client) => client.resetPassword({ token }));
  await step("a short new password", nobody, (client) => client.resetPassword({ newPassword: "short", token }));
  await step("a long new password", nobody, (client) =>
    client.resetPassword({ newPassword: "long".repeat(33), token }),
  );
  await step("a new password", nobody, (client) => client.resetPassword({ newPassword: second, token }));
  await step("the same token again", nobody, (client) => client.resetPassword({ newPassword: third, token }));
  await step("sign-in with the forgotten password", nobody, (client) => client.signIn.email({ email, password }));
  await step("sign-in with the new password", nobody, (client) => client.signIn.email({ email, password: second }));
  await step("the old session goes on", pia, (client) => client.getSession());
  await step("a second reset", nobody, (client) => client.requestPasswordReset({ email }));
  const { token: inQuery } = await mail("reset", email);
  await step("the token in the query", nobody, (client) =>
    client.resetPassword({ newPassword: second, query: { token: inQuery } }),
  );

  const stranger = visitor();
  await step("check a password without a session", stranger, (client) => client.verifyPassword({ password }));
  await step("check no password", pia, (client) => client.verifyPassword({ fetchOptions: asPost }));
  await step("check a wrong password", pia, (client) => client.verifyPassword({ password }));
  await step("check the password", pia, (client) => client.verifyPassword({ password: second }));

  const change = { currentPassword: second, newPassword: third };
  await step("change without a session", stranger, (client) => client.changePassword(change));
  await step("change without a new password", pia, (client) => client.changePassword({ currentPassword: second }));
  await step("change to a short password", pia, (client) => client.changePassword({ ...change, newPassword: "short" }));
  await step("change to a long password", pia, (client) =>
    client.changePassword({ ...change, newPassword: "long".repeat(33) }),
  );
  await step("change with a wrong password", pia, (client) =>
    client.changePassword({ ...change, currentPassword: password }),
  );
  await step("change", pia, (client) => client.changePassword(change));
  await step("change and end the other sessions", pia, (client) =>
    client.changePassword({ currentPassword: third, newPassword: password, revokeOtherSessions: true }),
  );
  await step("another session has ended", nobody, (client) => client.getSession());
  await step("the own session goes on", pia, (client) => client.getSession());
}
