// What {"$fn": name} means in the profiles of the email-otp plugin; betterauth_py/conformance/functions/email_otp.py is
// the other half.

const codes = { "sign-in": "111111", "email-verification": "222222", "forget-password": "333333", "change-email": "444444" };
const backwards = (text) => [...text].reverse().join("");

export const functions = (mails) => ({
  sendVerificationOTP: async ({ email, otp, type }, ctx) => {
    mails.push({ kind: `otp ${type}`, to: email, otp, path: ctx?.path ?? null });
  },
  failingOTPMail: async () => {
    throw new Error("the mail server is down");
  },
  codeByType: ({ email, type }) => (email.startsWith("random") ? undefined : codes[type]),
  hashedBackwards: async (code) => `hashed:${backwards(code)}`,
  encryptedBackwards: async (code) => `sealed:${backwards(code)}`,
  decryptedBackwards: async (stored) => backwards(stored.slice("sealed:".length)),
});
