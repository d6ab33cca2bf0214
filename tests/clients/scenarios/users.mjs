// The own user and session: fields of the application, changed and deleted.
import { inferAdditionalFields } from "better-auth/client/plugins";

const password = "correct horse battery";
// What the application's build would infer from the server's options.
const fields = {
  user: {
    nickname: { type: "string", required: false },
    bornAt: { type: "date", required: false },
    age: { type: "number", required: false },
    role: { type: "string", input: false },
  },
  session: { device: { type: "string", required: false } },
};
// A call without arguments would be a GET: the client does not know better.
const asPost = { method: "POST" };

export default async function users({ visitor, step }) {
  const uma = visitor({ plugins: [inferAdditionalFields(fields)] });
  const nobody = visitor();
  const email = "uma@example.com";
  const account = { name: "Uma", email, password };

  await step("sign-up with a field that is not for clients", nobody, (client) =>
    client.signUp.email({ ...account, internal: "x" }),
  );
  await step("sign-up with fields", uma, (client) =>
    client.signUp.email({
      ...account,
      image: "https://example.com/uma.png",
      nickname: "U",
      bornAt: new Date(Date.UTC(1990, 4, 17)),
      age: 36,
      role: "admin",
    }),
  );
  await step("session with fields", uma, (client) => client.getSession());

  await step("update without a session", nobody, (client) => client.updateUser({ name: "Nobody" }));
  await step("update nothing", uma, (client) => client.updateUser({ fetchOptions: asPost }));
  await step("update by a call without arguments", uma, (client) => client.updateUser({}));
  await step("update the address", uma, (client) => client.updateUser({ email: "other@example.com" }));
  await step("update a field that is not for clients", uma, (client) => client.updateUser({ internal: "x" }));
  await step("update an unknown field", uma, (client) => client.updateUser({ unknown: "x" }));
  await step("update", uma, (client) =>
    client.updateUser({ name: "Uma Thorn", image: null, bornAt: new Date(Date.UTC(1991, 0, 1)), nickname: "" }),
  );
  await step("updated", uma, (client) => client.getSession());

  await step("update the session without one", nobody, (client) => client.updateSession({ device: "phone" }));
  await step("update nothing of the session", uma, (client) => client.updateSession({ fetchOptions: asPost }));
  await step("update a core field of the session", uma, (client) => client.updateSession({ token: "x" }));
  await step("update the session", uma, (client) => client.updateSession({ device: "phone" }));
  await step("session updated", uma, (client) => client.getSession());

  await step("delete without a session", nobody, (client) => client.deleteUser({ password }));
  await step("delete with a wrong password", uma, (client) => client.deleteUser({ password: "wrong horse" }));
  await step("delete with a wrong token", uma, (client) => client.deleteUser({ token: "wrong" }));
  await step("delete through the callback with a wrong token", uma, (client) =>
    client.deleteUser.callback({ query: { token: "wrong" } }),
  );
  await step("delete and be led to a foreign site", uma, (client) =>
    client.deleteUser({ password, callbackURL: "https://evil.example" }),
  );
  await step("delete with the password", uma, (client) => client.deleteUser({ password }));
  await step("deleted", uma, (client) => client.getSession());
  await step("sign-in of the deleted user", uma, (client) => client.signIn.email({ email, password }));

  const kay = visitor();
  await step("sign-up of one that the server keeps", kay, (client) =>
    client.signUp.email({ name: "Keep", email: "kay@example.com", password }),
  );
  await step("delete is refused by a hook", kay, (client) => client.deleteUser());
  await step("rename", kay, (client) => client.updateUser({ name: "Kay" }));
  await step("delete with the fresh session", kay, (client) => client.deleteUser());
  await step("nobody is left", kay, (client) => client.getSession());
}
