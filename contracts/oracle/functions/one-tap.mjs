// What {"$fn": name} means in the profiles of the one-tap plugin; betterauth_py/conformance/functions/one_tap.py is the
// other half.

export const functions = () => ({
  mapOneTapProfile: (profile) =>
    profile.name === "Unmapped" ? { email: null } : profile.name === "Mapped" ? { name: "By a function", emailVerified: "true" } : {},
  oneTapUserInfo: async ({ idToken }) => ({ user: { id: "9", name: "Told", email: "Told@Example.com", emailVerified: idToken.length > 9 }, data: {} }),
});
