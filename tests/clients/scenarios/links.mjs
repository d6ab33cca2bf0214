// The magic-link plugin: asking for a link, opening it as a browser would, and giving its token to the client.
import { magicLinkClient } from "better-auth/client/plugins";

export default async function links({ visitor, step, mail, landing }) {
  const plugins = [magicLinkClient()];
  const lin = visitor({ plugins });
  const phone = visitor({ plugins });
  const email = "lin@example.com";
  await step("no address", lin, (client) => client.signIn.magicLink({ email: "lin" }));
  await step("a page elsewhere", lin, (client) => client.signIn.magicLink({ email, callbackURL: "https://evil.test/" }));
  await step("ask", lin, (client) => client.signIn.magicLink({ email, name: "Lin", metadata: { invite: "7" } }));
  const { token } = await mail("magic-link", email);
  await step("verify", lin, (client) => client.magicLink.verify({ query: { token } }));
  await step("session", lin, (client) => client.getSession());
  await step("verify again", phone, (client) => client.magicLink.verify({ query: { token, errorCallbackURL: `${landing}/oops` } }));
  await step("ask for a page", phone, (client) => client.signIn.magicLink({ email, callbackURL: `${landing}/in` }));
  const { url } = await mail("magic-link", email);
  await step("open the link", phone, (client) => client.$fetch(url));
  await step("session of the phone", phone, (client) => client.getSession());
}
