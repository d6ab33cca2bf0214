// What {"$fn": name} means in the profiles of the jwt plugin; betterauth_py/conformance/functions/jwt.py is the other half.

export const functions = () => ({
  claimsOfSession: async ({ user, session }) => ({ email: user.email, born: user.createdAt, sid: session.id, tags: ["a", null], iss: "own issuer" }),
  emailAsSubject: ({ user }) => user.email,
  namesOfClaims: async (claims) => Object.keys(claims).filter((name) => claims[name] !== undefined).join(" "),
});
