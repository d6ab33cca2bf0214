// What {"$fn": name} means in the profiles of the two-factor plugin; betterauth_py/conformance/functions/two_factor.py
// is the other half.

export const functions = (mails) => ({
  sendTwoFactorCode: async ({ user, otp }, ctx) => {
    mails.push({ kind: "two-factor", to: user.email, otp, path: ctx?.path ?? null });
  },
});
