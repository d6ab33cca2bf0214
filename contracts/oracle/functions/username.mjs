// What {"$fn": name} means in the profiles of the username plugin; betterauth_py/conformance/functions/username.py is the
// other half.

export const functions = () => ({
  noAdministrator: (name) => !/^admin/i.test(name),
  atMostEight: async (name) => name.length <= 8,
  withoutDots: (name) => name.replaceAll(".", "").toLowerCase(),
  trimmed: (name) => name.trim(),
});
