// The bearer plugin: a client that keeps a token instead of cookies.
const password = "correct horse battery";

export default async function bearer({ visitor, step }) {
  let token = "none";
  const fetchOptions = {
    auth: { type: "Bearer", token: () => token },
    onSuccess: ({ response }) => {
      token = response.headers.get("set-auth-token") ?? token;
    },
  };
  const bea = visitor({ fetchOptions, keepsCookies: false });
  await step("nobody", bea, (client) => client.getSession());
  await step("sign-up", bea, (client) => client.signUp.email({ name: "Bea", email: "bea@example.com", password }));
  await step("session", bea, (client) => client.getSession());
  await step("another name", bea, (client) => client.updateUser({ name: "Beatrice" }));
  await step("sessions", bea, (client) => client.listSessions());
  await step("another password", bea, (client) =>
    client.changePassword({ currentPassword: password, newPassword: "another horse", revokeOtherSessions: true }),
  );
  await step("session of the new token", bea, (client) => client.getSession());
  await step("sign-out", bea, (client) => client.signOut());
  await step("nobody again", bea, (client) => client.getSession());
}
