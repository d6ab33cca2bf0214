// What {"$fn": name} means in the profiles of the organization plugin;
// betterauth_py/conformance/functions/organization.py is the other half.

import { APIError } from "better-auth/api";
import { createAccessControl } from "better-auth/plugins/access";
import { adminAc, defaultStatements, memberAc, ownerAc } from "better-auth/plugins/organization/access";

const ac = createAccessControl({ ...defaultStatements, project: ["create", "update", "delete"] });

const refuse = () => {
  throw new APIError("FORBIDDEN", { message: "Not this one", code: "KEPT" });
};

const HOOKS = [
  "CreateOrganization", "UpdateOrganization", "DeleteOrganization", "AddMember", "RemoveMember", "UpdateMemberRole",
  "CreateInvitation", "AcceptInvitation", "RejectInvitation", "CancelInvitation", "CreateTeam", "UpdateTeam", "DeleteTeam",
  "AddTeamMember", "RemoveTeamMember",
];

export const functions = (mails) => ({
  sendInvitationEmail: async ({ id, role, email, organization, invitation, inviter }) => {
    if (email.startsWith("broken")) throw new Error("no mail today");
    mails.push({
      kind: "invitation", id, role, to: email, organization: organization.slug, status: invitation.status, by: inviter.role,
      from: inviter.user.email,
    });
  },
  /** Each tells what it got; names that begin with "kept" are refused, and "changed" ones changed. */
  organizationHooks: Object.fromEntries(
    HOOKS.flatMap((change) => ["before", "after"].map((when) => [
      `${when}${change}`,
      async (data) => {
        mails.push({
          kind: `${when} ${change}`, keys: Object.keys(data).sort().join(" "), user: (data.user ?? data.inviter ?? data.cancelledBy)?.email,
          organization: data.organization?.name, role: (data.member ?? data.invitation)?.role, new: data.newRole ?? data.previousRole,
          team: data.team?.name, updates: data.updates?.name,
        });
        const said = data.updates?.name ?? data.team?.name ?? data.invitation?.email ?? data.organization?.name ?? "";
        if (when === "before" && said.startsWith("kept")) refuse();
        if (when === "before" && change === "UpdateMemberRole" && data.newRole === "admin") return { data: { role: "admin,member" } };
        if (when === "before" && said.startsWith("changed")) {
          if (change === "CreateInvitation") return { data: { role: "admin" } };
          if (change === "AddMember") return { data: { role: "owner,admin" } };
          return { data: { name: `${said} by the hook` } };
        }
      },
    ])),
  ),
  mayCreateOrganization: async (user) => user.email.startsWith("ada"),
  hasManyOrganizations: async (user) => !user.email.startsWith("ada"),
  mostMembers: async (user, organization) => (organization.slug === "small" ? 1 : 3),
  mostInvitations: async ({ user, organization, member }) => (organization.slug === "small" && member.role === "owner" && user ? 1 : 3),
  mostTeams: async ({ organizationId, session }, ctx) => (organizationId && session && ctx.path ? 2 : 9),
  mostTeamMembers: async ({ teamId, session, organizationId }) => (teamId && organizationId && session.user ? 2 : 9),
  mostRoles: async (organizationId) => (organizationId ? 2 : 9),
  projectAccess: ac,
  projectRoles: {
    owner: ac.newRole({ ...ownerAc.statements, project: ["create", "update", "delete"] }),
    admin: ac.newRole({ ...adminAc.statements, project: ["create", "update"] }),
    member: ac.newRole({ ...memberAc.statements, project: [] }),
    editor: ac.newRole({ project: ["update"] }),
    recruiter: ac.newRole({ invitation: ["create", "cancel"], member: ["delete", "update"] }),
  },
});
