// The one-time-token plugin: a token of one client opens the session in another.
import { oneTimeTokenClient } from "better-auth/client/plugins";

const password = "correct horse battery";

export default async function once({ visitor, step }) {
  const plugins = [oneTimeTokenClient()];
  const here = visitor({ plugins });
  const there = visitor({ plugins });
  await step("nobody", here, (client) => client.oneTimeToken.generate());
  await step("sign-up", here, (client) => client.signUp.email({ name: "Oda", email: "oda@example.com", password }));
  const { token } = await step("a token", here, (client) => client.oneTimeToken.generate());
  await step("unknown", there, (client) => client.oneTimeToken.verify({ token: "unknown" }));
  await step("the session", there, (client) => client.oneTimeToken.verify({ token }));
  await step("is there", there, (client) => client.getSession());
  await step("once", there, (client) => client.oneTimeToken.verify({ token }));
}
