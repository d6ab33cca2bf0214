// What {"$fn": name} means in the profiles of the phone-number plugin;
// betterauth_py/conformance/functions/phone_number.py is the other half.

import { APIError } from "better-auth/api";

export const functions = (mails) => {
  const text = (kind) => async ({ phoneNumber, code }, ctx) => {
    mails.push({ kind, to: phoneNumber, code, path: ctx?.path ?? null });
  };
  return {
    textCode: text("code"),
    textResetCode: text("reset-code"),
    refuseToText: async ({ phoneNumber }) => {
      if (phoneNumber.endsWith("13")) throw new APIError("BAD_REQUEST", { message: "Unlucky", code: "KEPT" });
      throw new Error("the provider is down");
    },
    isNineNineNine: async ({ phoneNumber, code }) => code === "999999" && phoneNumber.startsWith("+"),
    phoneWasVerified: async ({ phoneNumber, user }) => {
      mails.push({ kind: "verified", to: phoneNumber, name: user.name, verified: user.phoneNumberVerified });
      if (phoneNumber.endsWith("66")) throw new APIError("FORBIDDEN", { message: "Not this one", code: "KEPT" });
    },
    emailOfPhone: (phoneNumber) => `P${phoneNumber.replace("+", "")}@Phone.example.com`,
    nameOfPhone: (phoneNumber) => `Owner of ${phoneNumber}`,
    beginsWithPlus: async (phoneNumber) => phoneNumber.startsWith("+"),
  };
};
