// What {"$fn": name} means in the profiles of the two-factor plugin; betterauth_py/conformance/functions/two_factor.py
// is the other half.

const backwards = (text) => [...text].reverse().join("");

export const functions = (mails) => ({
  sendTwoFactorCode: async ({ user, otp }, ctx) => {
    mails.push({ kind: "two-factor", to: user.email, otp, path: ctx?.path ?? null });
  },
  failToSendTwoFactorCode: async () => {
    throw new Error("the provider is down");
  },
  fixedBackupCodes: () => ["one", "two", "three"],
  hashedSecondFactor: async (code) => `hashed ${backwards(code)}`,
  encryptedSecondFactor: async (text) => `sealed ${backwards(text)}`,
  decryptedSecondFactor: async (stored) => backwards(stored.slice("sealed ".length)),
});
