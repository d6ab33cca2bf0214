// Tokens of the jwt plugin: asked for, sent along with the session, and what they are verified with.
import { jwtClient } from "better-auth/client/plugins";

const email = "tess@example.com";
const password = "correct horse battery";

export default async function tokens({ visitor, step }) {
  const plugins = [jwtClient()];
  const nobody = visitor({ plugins });
  const tess = visitor({ plugins });
  await step("keys", nobody, (client) => client.jwks());
  await step("a token without a session", nobody, (client) => client.token());
  await step("sign-up", tess, (client) => client.signUp.email({ name: "Tess Ä😀", email, password }));
  await step("a token", tess, (client) => client.token());
  await step("a token with the session", tess, (client) =>
    client.getSession({
      fetchOptions: {
        onSuccess: ({ response }) => tess.hooks.push({ hook: "header", token: response.headers.get("set-auth-jwt") }),
      },
    }),
  );
  await step("keys for anybody", tess, (client) => client.jwks({ headers: { "x-own": "1" } }));
  await step("no header without a session", nobody, (client) => client.getSession());
  await step("sign-out", tess, (client) => client.signOut());
  await step("no token any more", tess, (client) => client.token());
}
