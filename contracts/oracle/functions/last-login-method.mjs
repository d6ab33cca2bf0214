// What {"$fn": name} means in the profiles of the last-login-method plugin;
// betterauth_py/conformance/functions/last_login_method.py is the other half.

export const functions = () => ({
  methodOfPath: (ctx) => {
    if (ctx.path === "/sign-in/username") return "username";
    if (ctx.path === "/sign-in/email") return "e-mail & password";
    if (ctx.path === "/get-session") return "seen";
    if (ctx.path === "/sign-up/email") return "";
    return null;
  },
  consentOfHeader: async (ctx, method) => {
    const consent = ctx.headers?.get("x-consent");
    if (consent === "broken") throw new Error("no consent to be had");
    return consent === method;
  },
});
