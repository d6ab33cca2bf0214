// What {"$fn": name} means in the profiles of the i18n plugin; betterauth_py/conformance/functions/i18n.py is the other
// half.
import { APIError, createAuthMiddleware } from "better-auth/api";

export const functions = () => ({
  localeOfHeader: async (ctx) => {
    const locale = ctx.headers?.get("x-locale") ?? null;
    if (locale === "broken") throw new Error("no locale to be had");
    return locale;
  },
  refusingHook: createAuthMiddleware(async (ctx) => {
    const refusal = ctx.headers?.get("x-refuse");
    if (refusal === "code") throw new APIError("FORBIDDEN", { code: "MINE", message: "Mine", more: 1 }, { "x-mine": "1" });
    if (refusal === "message") throw new APIError("FORBIDDEN", { message: "Mine" });
    if (refusal === "silent") throw new APIError("FORBIDDEN", { code: "MINE" });
    if (refusal === "number") throw new APIError("FORBIDDEN", { code: 7, message: "Mine" });
    if (refusal === "empty") throw new APIError("FORBIDDEN");
  }),
});
