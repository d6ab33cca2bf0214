// What {"$fn": name} means in the profiles of the anonymous plugin; betterauth_py/conformance/functions/anonymous.py is
// the other half.

import { APIError } from "better-auth/api";
import { generateRandomString } from "better-auth/crypto";

export const functions = (mails) => ({
  onLinkAccount: async ({ anonymousUser, newUser, ctx }) => {
    mails.push({
      kind: "link-account",
      path: ctx.path,
      from: anonymousUser.user.id,
      anonymous: anonymousUser.user.isAnonymous,
      session: anonymousUser.session.token,
      to: newUser.user.id,
      email: newUser.user.email,
      isNew: newUser.user.isAnonymous ?? null,
      newSession: newUser.session.token,
    });
    if (newUser.user.name === "Broken") throw new Error("what is to be moved cannot be");
    if (newUser.user.name === "Refused") throw new APIError("CONFLICT", { message: "Not to be linked", code: "KEPT" });
  },
  anonymousEmail: async () => `${generateRandomString(32, "a-z", "0-9")}@Guests.example.com`,
  sameAnonymousEmail: () => "guest@example.com",
  noAnonymousEmail: () => "",
  badAnonymousEmail: () => "guest at example.com",
  anonymousName: async (ctx) => ctx.headers?.get("x-name") ?? "",
});
