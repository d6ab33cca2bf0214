// A server with a cookie cache that leaves refreshing to a POST, wants fresh sessions and limits calls.
const email = "stu@example.com";
const password = "correct horse battery";

export default async function strict({ visitor, step, pause }) {
  const stu = visitor();
  await step("sign-up", stu, (client) => client.signUp.email({ name: "Stu", email, password }));
  await step("session from the cache", stu, (client) => client.getSession());
  await step("session from the database", stu, (client) => client.getSession({ query: { disableCookieCache: true } }));
  await step("refresh by POST", stu, (client) => client.getSession({ fetchOptions: { method: "POST" } }));
  await pause(1100);
  await step("list when no longer fresh", stu, (client) => client.listSessions());
  await step("unlink when no longer fresh", stu, (client) =>
    client.unlinkAccount({ providerId: "credential", accountId: "x" }),
  );
  await step("delete when no longer fresh", stu, (client) => client.deleteUser());
  await step("update with a cache", stu, (client) => client.updateUser({ name: "Stuart" }));
  await step("the cache is new", stu, (client) => client.getSession());

  for (const attempt of [1, 2, 3]) {
    await step(`sign-in ${attempt}`, visitor(), (client) => client.signIn.email({ email, password }));
  }
  await step("delete with the password", stu, (client) => client.deleteUser({ password }));
  await step("nobody", stu, (client) => client.getSession());
}
