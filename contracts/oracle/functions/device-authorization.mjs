// What {"$fn": name} means in the profiles of the device-authorization plugin;
// betterauth_py/conformance/functions/device_authorization.py is the other half.

import { APIError } from "better-auth/api";

export const functions = () => ({
  sameDeviceCode: () => "the-device-code",
  sameUserCode: async () => "WORD-word",
  tooLongCode: () => "x".repeat(192),
  longestCode: () => "é".repeat(191),
  noCode: () => 7,
  isKnownClient: async (clientId) => clientId === "tv",
  isAnyClient: (clientId) => clientId.length,
  refuseScope: async (clientId, scope) => {
    if (scope === "admin") throw new APIError("BAD_REQUEST", { error: "invalid_scope", error_description: `No ${scope} for ${clientId}` });
    if (scope === "secret") throw new APIError("FORBIDDEN", { message: "No", code: "NO" });
    if (scope === undefined) throw new Error("what nobody shall read");
  },
});
