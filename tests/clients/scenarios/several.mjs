// The multi-session plugin: several users in one browser, listed, switched and ended.
import { multiSessionClient } from "better-auth/client/plugins";

const password = "correct horse battery";

export default async function several({ visitor, step }) {
  const plugins = [multiSessionClient()];
  const nobody = visitor({ plugins });
  const shared = visitor({ plugins });
  const strange = visitor({ plugins, origin: "https://evil.test", keepsCookies: false });
  const signUp = (name) => (client) => client.signUp.email({ name, email: `${name}@example.com`, password });
  await step("nobody", nobody, (client) => client.multiSession.listDeviceSessions());
  const { token: mia } = await step("sign-up", shared, signUp("mia"));
  const { token: noa } = await step("another", shared, signUp("noa"));
  await step("two", shared, (client) => client.multiSession.listDeviceSessions());
  await step("the first again", shared, (client) => client.multiSession.setActive({ sessionToken: mia }));
  await step("is active", shared, (client) => client.getSession());
  await step("not here", nobody, (client) => client.multiSession.setActive({ sessionToken: mia }));
  await step("end another's", nobody, (client) => client.multiSession.revoke({ sessionToken: noa }));
  await step("end it", shared, (client) => client.multiSession.revoke({ sessionToken: mia }));
  await step("the other is active", shared, (client) => client.getSession());
  await step("one is left", shared, (client) => client.multiSession.listDeviceSessions());
  await step("by POST", strange, (client) =>
    client.multiSession.listDeviceSessions({ fetchOptions: { method: "POST", body: {} } }),
  );
  await step("sign-out", shared, (client) => client.signOut());
  await step("nobody is left", shared, (client) => client.multiSession.listDeviceSessions());
}
