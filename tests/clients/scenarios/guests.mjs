// The anonymous plugin: users without an address, who sign up later or delete themselves.
import { anonymousClient } from "better-auth/client/plugins";

export default async function guests({ visitor, step }) {
  const plugins = [anonymousClient()];
  const guest = visitor({ plugins });
  const other = visitor({ plugins });
  await step("nobody is deleted", guest, (client) => client.deleteAnonymousUser());
  await step("sign-in", guest, (client) => client.signIn.anonymous());
  await step("sign-in once more", guest, (client) => client.signIn.anonymous());
  await step("session", guest, (client) => client.getSession());
  await step("sign-up", guest, (client) =>
    client.signUp.email({ name: "Gail", email: "gail@example.com", password: "correct horse battery" }),
  );
  await step("session of the user", guest, (client) => client.getSession());
  await step("users are not deleted", guest, (client) => client.deleteAnonymousUser());
  await step("another sign-in", other, (client) => client.signIn.anonymous());
  await step("deletion", other, (client) => client.deleteAnonymousUser());
  await step("no session", other, (client) => client.getSession());
}
