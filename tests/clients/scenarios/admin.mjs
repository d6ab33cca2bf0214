// The admin plugin: users listed, made, changed, banned, acted as and removed.
import { adminClient } from "better-auth/client/plugins";

const password = "correct horse battery";

export default async function admin({ visitor, step }) {
  const plugins = [adminClient()];
  const [nobody, ada, bob] = [visitor({ plugins }), visitor({ plugins }), visitor({ plugins })];
  const calling = (name, at, act) => step(name, at, (client) => act(client.admin));

  // The options make everybody an admin who signs up; Ada makes Bob a user.
  await step("ada signs up", ada, (client) => client.signUp.email({ name: "Ada", email: "ada@example.com", password }));
  const { user } = await step("bob signs up", bob, (client) =>
    client.signUp.email({ name: "Bob", email: "bob@example.com", password }),
  );
  const userId = user.id;
  await calling("set role", ada, (admin) => admin.setRole({ userId, role: "user" }));
  await calling("set role, no admin", bob, (admin) => admin.setRole({ userId, role: "admin" }));
  await calling("get", ada, (admin) => admin.getUser({ query: { id: userId } }));
  await calling("get, no admin", bob, (admin) => admin.getUser({ query: { id: userId } }));
  const { user: eve } = await calling("create", ada, (admin) =>
    admin.createUser({ name: "Eve", email: "eve@example.com", password, role: "user" }),
  );
  await calling("create again", ada, (admin) => admin.createUser({ name: "Eve", email: "eve@example.com", password }));
  await calling("update", ada, (admin) => admin.updateUser({ userId, data: { name: "Bobby" } }));
  await calling("update, no admin", bob, (admin) => admin.updateUser({ userId, data: { name: "Bob" } }));
  const byName = { sortBy: "name", limit: 2, searchValue: "b", searchField: "name" };
  await calling("list", ada, (admin) => admin.listUsers({ query: byName }));
  await calling("list, no admin", bob, (admin) => admin.listUsers({ query: byName }));
  await calling("may list", ada, (admin) => admin.hasPermission({ permissions: { user: ["list"] } }));
  await calling("may not list", bob, (admin) => admin.hasPermission({ permissions: { user: ["list"] } }));
  await calling("nobody may", nobody, (admin) => admin.hasPermission({ permissions: { user: ["list"] } }));
  await step("here too", ada, async (client) => ({
    data: ["admin", "user"].map((role) => client.admin.checkRolePermission({ role, permissions: { user: ["ban"] } })),
    error: null,
  }));
  await calling("password", ada, (admin) => admin.setUserPassword({ userId, newPassword: "another horse battery" }));
  await calling("password, short", ada, (admin) => admin.setUserPassword({ userId, newPassword: "short" }));

  await calling("impersonate", ada, (admin) => admin.impersonateUser({ userId: eve.id }));
  await step("as eve", ada, (client) => client.getSession());
  await calling("impersonate, as eve", ada, (admin) => admin.impersonateUser({ userId }));
  await calling("stop", ada, (admin) => admin.stopImpersonating());
  await calling("stop again", ada, (admin) => admin.stopImpersonating());
  await step("ada again", ada, (client) => client.getSession());

  await step("bob signs in", bob, (client) => client.signIn.email({ email: "bob@example.com", password: "another horse battery" }));
  const { sessions } = await calling("sessions", ada, (admin) => admin.listUserSessions({ userId }));
  await calling("sessions, no admin", bob, (admin) => admin.listUserSessions({ userId }));
  await calling("end one, no admin", bob, (admin) => admin.revokeUserSession({ sessionToken: sessions[0].token }));
  await calling("end one", ada, (admin) => admin.revokeUserSession({ sessionToken: sessions[0].token }));
  await calling("end all, nobody", nobody, (admin) => admin.revokeUserSessions({ userId }));
  await calling("end all", ada, (admin) => admin.revokeUserSessions({ userId }));
  await calling("ban", ada, (admin) => admin.banUser({ userId, banReason: "Spam", banExpiresIn: 3600 }));
  await calling("ban, nobody", nobody, (admin) => admin.banUser({ userId }));
  await step("banned", bob, (client) => client.signIn.email({ email: "bob@example.com", password: "another horse battery" }));
  await calling("unban, nobody", nobody, (admin) => admin.unbanUser({ userId }));
  await calling("unban", ada, (admin) => admin.unbanUser({ userId }));
  await calling("remove", ada, (admin) => admin.removeUser({ userId }));
  await calling("remove again", ada, (admin) => admin.removeUser({ userId }));
}
