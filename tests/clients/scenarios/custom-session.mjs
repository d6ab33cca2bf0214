// The custom-session plugin: the client gets what the server's function returns.
import { customSessionClient } from "better-auth/client/plugins";

export default async function customSession({ visitor, step }) {
  const cora = visitor({ plugins: [customSessionClient()] });
  await step("nobody", cora, (client) => client.getSession());
  await step("sign-up", cora, (client) =>
    client.signUp.email({ name: "Cora", email: "cora@example.com", password: "correct horse battery" }),
  );
  await step("session", cora, (client) => client.getSession());
  await step("a list", cora, (client) => client.getSession({ fetchOptions: { headers: { "x-shown": "list" } } }));
  await step("refused", cora, (client) => client.getSession({ fetchOptions: { headers: { "x-shown": "refuse" } } }));
  await step("another name", cora, (client) => client.updateUser({ name: "Cora B" }));
  await step("session of it", cora, (client) => client.getSession());
  await step("sign-out", cora, (client) => client.signOut());
  await step("nobody again", cora, (client) => client.getSession());
}
