// What {"$fn": name} means in the profiles of the admin plugin; betterauth_py/conformance/functions/admin.py is the other
// half.

import { createAccessControl } from "better-auth/plugins/access";

const ac = createAccessControl({
  user: ["create", "list", "set-role", "ban", "impersonate", "impersonate-admins", "delete", "set-password", "set-email", "set-phone", "get", "update"],
  session: ["list", "revoke", "delete"],
  project: ["create", "share"],
});
const everything = { user: ac.statements.user, session: ac.statements.session, project: ["create", "share"] };

export const functions = () => ({
  adminAc: ac,
  adminRoles: {
    admin: ac.newRole({ ...everything, user: everything.user.filter((action) => action !== "impersonate-admins") }),
    owner: ac.newRole(everything),
    user: ac.newRole({ project: ["create"] }),
    helper: ac.newRole({ user: ["list", "get", "update", "create", "impersonate"], session: ["list"] }),
  },
  bannedMessage: async (user) => `${user.name} is banned: ${user.banReason}`,
});
