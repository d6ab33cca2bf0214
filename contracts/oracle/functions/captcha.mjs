// What {"$fn": name} means in the profiles of the captcha plugin; betterauth_py/conformance/functions/captcha.py is the
// other half.

export const functions = () => ({
  isNoBot: async () => ({ isBot: false }),
  isVerifiedBot: async () => ({ isBot: true, isVerifiedBot: true, verifiedBotName: "ours" }),
  acceptsBotByHeader: async ({ request, verification }) => {
    if (request.headers.get("x-bot") === "break") throw new Error("no verdict");
    return verification.verifiedBotName === request.headers.get("x-bot");
  },
});
