// The username plugin: signing up with a name, signing in with it, and asking whether one is free.
import { usernameClient } from "better-auth/client/plugins";

const password = "correct horse battery";

export default async function names({ visitor, step }) {
  const plugins = [usernameClient()];
  const nobody = visitor({ plugins });
  const nell = visitor({ plugins });
  await step("sign-up", nell, (client) =>
    client.signUp.email({ name: "Nell", email: "nell@example.com", password, username: "Nell_1", displayUsername: "Nell!" }),
  );
  await step("sign-out", nell, (client) => client.signOut());
  await step("a wrong password", nell, (client) => client.signIn.username({ username: "nell_1", password: "wrong" }));
  await step("sign-in", nell, (client) => client.signIn.username({ username: "NELL_1", password, callbackURL: "/in" }));
  await step("session", nell, (client) => client.getSession());
  await step("another name", nell, (client) => client.updateUser({ username: "Nell.2" }));
  await step("a name that does not do", nell, (client) => client.updateUser({ username: "n" }));
  await step("session with it", nell, (client) => client.getSession());
  await step("taken", nobody, (client) => client.isUsernameAvailable({ username: "nell.2" }));
  await step("free", nobody, (client) => client.isUsernameAvailable({ username: "nell_1" }));
  await step("never", nobody, (client) => client.isUsernameAvailable({ username: "a b" }));
}
