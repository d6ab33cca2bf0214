// Keys that are published elsewhere, and a client that expects them at another path.
import { jwtClient } from "better-auth/client/plugins";

const email = "toby@example.com";
const password = "correct horse battery";

export default async function tokensElsewhere({ visitor, step }) {
  const toby = visitor({ plugins: [jwtClient()] });
  const misled = visitor({ plugins: [jwtClient({ jwks: { jwksPath: "/.well-known/jwks.json" } })] });
  await step("sign-up", toby, (client) => client.signUp.email({ name: "Toby", email, password }));
  await step("keys", toby, (client) => client.jwks());
  await step("keys at another path", misled, (client) => client.jwks());
}
