// What {"$fn": name} means in the profiles of the jwt plugin; betterauth_py/conformance/functions/jwt.py is the other half.

import { createAuthEndpoint } from "better-auth/api";
import { resolveSigningKey, signJWT } from "better-auth/plugins";
import * as z from "zod";

/** A plugin that has tokens signed as the OAuth provider has them signed: with a header, by a key that it chooses. */
const signer = {
  id: "signer",
  endpoints: {
    signChosen: createAuthEndpoint(
      "/signer/sign",
      { method: "POST", body: z.object({ algorithm: z.string().optional(), keyId: z.string().optional(), typ: z.string().optional() }) },
      async (ctx) => {
        const { algorithm, keyId, typ } = ctx.body;
        const { options } = ctx.context.getPlugin("jwt");
        const header = typ ? { typ } : undefined;
        const payload = { sub: "somebody" };
        return { token: await signJWT(ctx, { options, payload, header, signingAlgorithm: algorithm, signingKeyId: keyId }) };
      },
    ),
    signKey: createAuthEndpoint("/signer/key", { method: "GET" }, async (ctx) => {
      const { options } = ctx.context.getPlugin("jwt");
      const key = await resolveSigningKey(ctx, options);
      return { alg: key.alg, kid: key.kid };
    }),
  },
};

export const functions = () => ({
  claimsOfSession: async ({ user, session }) => ({ email: user.email, born: user.createdAt, sid: session.id, tags: ["a", null], iss: "own issuer" }),
  emailAsSubject: ({ user }) => user.email,
  signer,
  claimsWanted: async (claims, header, { signingKeyId, signingAlgorithm }) =>
    [Object.keys(claims).filter((name) => claims[name] !== undefined), header?.typ ?? null, signingKeyId ?? null, signingAlgorithm ?? null].join(" "),
  namesOfClaims: async (claims) => Object.keys(claims).filter((name) => claims[name] !== undefined).join(" "),
});
