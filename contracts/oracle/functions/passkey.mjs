// What {"$fn": name} means in the profiles of the passkey plugin; betterauth_py/conformance/functions/passkey.py is the
// other half.

import { APIError } from "better-auth/api";

const refuse = () => {
  throw new APIError("FORBIDDEN", { message: "Not this one", code: "KEPT" });
};

export const functions = (mails) => ({
  /** What it does is said by the transports of the authenticator. */
  nameOfPasskey: async ({ ctx, verification, user, clientData, context }) => {
    const [wish] = clientData.response.transports ?? [];
    if (wish === "refuse") refuse();
    if (wish === "fail") throw new Error("a function is broken");
    if (wish === "other") return { userId: "another" };
    if (wish === "number") return { userId: 7 };
    const { credential, aaguid, fmt, userVerified, credentialDeviceType, credentialBackedUp } = verification.registrationInfo;
    mails.push({
      kind: "passkey-registered", path: ctx.path, user: user.name, shown: user.displayName ?? null, context, id: credential.id,
      counter: credential.counter, aaguid, fmt, verified: userVerified, device: credentialDeviceType, copied: credentialBackedUp,
    });
    return { name: `  ${user.name}'s  ` };
  },
  passkeyExtensions: async ({ ctx }) => (ctx.path.includes("authenticate") ? { uvm: true } : undefined),
  witnessSignIn: async ({ ctx, verification, clientData }) => {
    const { newCounter, credentialID, userVerified, credentialDeviceType, credentialBackedUp } = verification.authenticationInfo;
    if (newCounter === 1000) refuse();
    if (newCounter > 1000) throw new Error("a function is broken");
    mails.push({
      kind: "passkey-used", path: ctx.path, id: credentialID, sent: clientData.id, counter: newCounter, verified: userVerified,
      device: credentialDeviceType, copied: credentialBackedUp,
    });
  },
  userOfInvitation: async ({ ctx, context }) => {
    if (context === "refuse") refuse();
    if (context === "no-id") return { id: "", name: "Nobody" };
    if (context === "no-name") return { id: "1" };
    if (context === "nobody") return { id: "nobody", name: "Nobody", displayName: "No Body" };
    if (!context) return undefined;
    const found = await ctx.context.internalAdapter.findUserByEmail(context);
    return { id: found.user.id, name: context };
  },
});
