// What {"$fn": name} means in the profiles of the magic-link plugin; betterauth_py/conformance/functions/magic_link.py is
// the other half.

import { APIError } from "better-auth/api";

export const functions = (mails) => ({
  sendMagicLink: async ({ email, url, token, metadata }, ctx) => {
    if (email.startsWith("refused")) throw new APIError("BAD_REQUEST", { code: "NOT_THIS_ONE", message: "Not this address" });
    if (email.startsWith("broken")) throw new Error("the mail server is down");
    mails.push({ kind: "magic-link", to: email, url, token, metadata: metadata ?? null, path: ctx.path });
  },
  tokenOfAddress: async (email) => `token of ${email}`,
  reversedToken: async (token) => [...token].reverse().join(""),
});
