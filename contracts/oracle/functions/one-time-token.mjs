// What {"$fn": name} means in the profiles of the one-time-token plugin;
// betterauth_py/conformance/functions/one_time_token.py is the other half.

let made = 0;

export const functions = () => ({
  countedToken: async ({ session, user }, ctx) => `${user.name}-${session.userId === user.id}-${ctx.path}-${++made}`,
  reversed: async (token) => [...token].reverse().join(""),
});
