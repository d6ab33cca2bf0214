// The organization plugin: organizations, members, invitations, teams and roles of members.
import { organizationClient } from "better-auth/client/plugins";

const password = "correct horse battery";

export default async function organizations({ visitor, step, mail }) {
  const plugins = [organizationClient({ teams: { enabled: true }, dynamicAccessControl: { enabled: true } })];
  const [nobody, ada, bob] = [visitor({ plugins }), visitor({ plugins }), visitor({ plugins })];
  const ids = {};
  /** One step, of which an id is kept. */
  const keeping = (name, at, key, act, pick = (data) => data.id) =>
    step(name, at, async (client) => {
      const answer = await act(client.organization);
      ids[key] = pick(answer.data);
      return answer;
    });
  const calling = (name, at, act) => step(name, at, (client) => act(client.organization));

  await step("ada signs up", ada, (client) => client.signUp.email({ name: "Ada", email: "ada@example.com", password }));
  await step("bob signs up", bob, (client) => client.signUp.email({ name: "Bob", email: "bob@example.com", password }));
  await keeping("create", ada, "engines", (organization) => organization.create({ name: "Engines", slug: "engines" }));
  await calling("create again", ada, (organization) => organization.create({ name: "Engines", slug: "engines" }));
  await calling("free slug", ada, (organization) => organization.checkSlug({ slug: "free" }));
  await calling("taken slug", ada, (organization) => organization.checkSlug({ slug: "engines" }));
  await calling("update", ada, (organization) => organization.update({ data: { metadata: { since: 1837 } } }));
  await calling("update another", bob, (organization) => organization.update({ data: { name: "x" }, organizationId: ids.engines }));
  await calling("get", ada, (organization) => organization.getOrganization());
  await calling("get another", bob, (organization) => organization.getOrganization({ query: { organizationId: ids.engines } }));
  await calling("full", ada, (organization) => organization.getFullOrganization());
  await calling("full, another", bob, (organization) => organization.getFullOrganization({ query: { organizationSlug: "engines" } }));
  await calling("list", ada, (organization) => organization.list());
  await calling("list of nobody", nobody, (organization) => organization.list());
  await calling("set active", ada, (organization) => organization.setActive({ organizationSlug: "engines" }));
  await calling("set active, another", bob, (organization) => organization.setActive({ organizationId: ids.engines }));

  await keeping("invite", ada, "invitation", (organization) => organization.inviteMember({ email: "bob@example.com", role: "member" }));
  await calling("invite again", ada, (organization) => organization.inviteMember({ email: "bob@example.com", role: "member" }));
  await calling("invitations", ada, (organization) => organization.listInvitations());
  await calling("invitations, another", bob, (organization) => organization.listInvitations({ query: { organizationId: ids.engines } }));
  await calling("unverified", bob, (organization) => organization.listUserInvitations());
  await step("verify", bob, (client) => client.sendVerificationEmail({ email: "bob@example.com" }));
  const { token } = await mail("verification", "bob@example.com");
  await step("verified", bob, (client) => client.verifyEmail({ query: { token } }));
  await calling("received", bob, (organization) => organization.listUserInvitations());
  await calling("cancel", ada, (organization) => organization.cancelInvitation({ invitationId: ids.invitation }));
  await calling("cancel none", ada, (organization) => organization.cancelInvitation({ invitationId: "none" }));
  await keeping("invite anew", ada, "invitation", (organization) => organization.inviteMember({ email: "bob@example.com", role: ["member"] }));
  await calling("reject", bob, (organization) => organization.rejectInvitation({ invitationId: ids.invitation }));
  await calling("reject again", bob, (organization) => organization.rejectInvitation({ invitationId: ids.invitation }));
  await keeping("invite anew", ada, "invitation", (organization) => organization.inviteMember({ email: "bob@example.com", role: "admin" }));
  await calling("invitation", bob, (organization) => organization.getInvitation({ query: { id: ids.invitation } }));
  await calling("another's invitation", ada, (organization) => organization.getInvitation({ query: { id: ids.invitation } }));
  await keeping("accept", bob, "member", (organization) => organization.acceptInvitation({ invitationId: ids.invitation }), (data) => data.member.id);
  await calling("accept again", bob, (organization) => organization.acceptInvitation({ invitationId: ids.invitation }));

  await calling("members", bob, (organization) => organization.listMembers({ query: { limit: 1, sortBy: "createdAt", sortDirection: "desc" } }));
  await calling("members of none", nobody, (organization) => organization.listMembers());
  await calling("active member", bob, (organization) => organization.getActiveMember());
  await calling("active member of none", nobody, (organization) => organization.getActiveMember());
  await calling("role", bob, (organization) => organization.getActiveMemberRole());
  await calling("role of none", nobody, (organization) => organization.getActiveMemberRole());
  await calling("permission", bob, (organization) => organization.hasPermission({ permissions: { member: ["create"] } }));
  await calling("permission of none", nobody, (organization) => organization.hasPermission({ permissions: { member: ["create"] } }));
  await calling("new role", ada, (organization) => organization.updateMemberRole({ memberId: ids.member, role: ["admin", "member"] }));
  await calling("unknown role", ada, (organization) => organization.updateMemberRole({ memberId: ids.member, role: "captain" }));

  await keeping("create team", ada, "team", (organization) => organization.createTeam({ name: "Two" }));
  await calling("create team, nobody", nobody, (organization) => organization.createTeam({ name: "Two" }));
  await calling("teams", ada, (organization) => organization.listTeams());
  await calling("teams of nobody", nobody, (organization) => organization.listTeams());
  await calling("update team", ada, (organization) => organization.updateTeam({ teamId: ids.team, data: { name: "New two" } }));
  await calling("update no team", ada, (organization) => organization.updateTeam({ teamId: "none", data: { name: "x" } }));
  await keeping("session", bob, "bob", (organization) => organization.getActiveMember(), (data) => data.userId);
  await calling("add to team", ada, (organization) => organization.addTeamMember({ teamId: ids.team, userId: ids.bob }));
  await calling("add to no team", ada, (organization) => organization.addTeamMember({ teamId: "none", userId: ids.bob }));
  await calling("set active team", bob, (organization) => organization.setActiveTeam({ teamId: ids.team }));
  await calling("set active team, not in it", ada, (organization) => organization.setActiveTeam({ teamId: ids.team }));
  await calling("own teams", bob, (organization) => organization.listUserTeams());
  await calling("own teams of nobody", nobody, (organization) => organization.listUserTeams());
  await calling("team members", bob, (organization) => organization.listTeamMembers());
  await calling("team members of none", nobody, (organization) => organization.listTeamMembers());
  await calling("remove from team", ada, (organization) => organization.removeTeamMember({ teamId: ids.team, userId: ids.bob }));
  await calling("remove again", ada, (organization) => organization.removeTeamMember({ teamId: ids.team, userId: ids.bob }));
  await calling("remove team", ada, (organization) => organization.removeTeam({ teamId: ids.team }));
  await calling("remove team again", ada, (organization) => organization.removeTeam({ teamId: ids.team }));

  await calling("create role", ada, (organization) => organization.createRole({ role: "Pilot", permission: { member: ["create"] } }));
  await calling("create role again", ada, (organization) => organization.createRole({ role: "pilot", permission: {} }));
  await calling("roles", ada, (organization) => organization.listRoles());
  await calling("roles of nobody", nobody, (organization) => organization.listRoles());
  await calling("get role", ada, (organization) => organization.getRole({ query: { roleName: "pilot" } }));
  await calling("get no role", ada, (organization) => organization.getRole({ query: { roleName: "none" } }));
  await calling("update role", ada, (organization) => organization.updateRole({ roleName: "pilot", data: { permission: { member: ["update"] } } }));
  await calling("update no role", ada, (organization) => organization.updateRole({ roleName: "none", data: { roleName: "x" } }));
  await calling("delete role", ada, (organization) => organization.deleteRole({ roleName: "pilot" }));
  await calling("delete role again", ada, (organization) => organization.deleteRole({ roleName: "pilot" }));

  await calling("remove", bob, (organization) => organization.removeMember({ memberIdOrEmail: "ada@example.com" }));
  await calling("the only owner leaves", ada, (organization) => organization.leave({ organizationId: ids.engines }));
  await calling("leave", bob, (organization) => organization.leave({ organizationId: ids.engines }));
  await keeping("invite anew", ada, "invitation", (organization) => organization.inviteMember({ email: "bob@example.com", role: "member" }));
  await calling("accept", bob, (organization) => organization.acceptInvitation({ invitationId: ids.invitation }));
  await calling("remove", ada, (organization) => organization.removeMember({ memberIdOrEmail: "bob@example.com" }));
  await calling("delete another", bob, (organization) => organization.delete({ organizationId: ids.engines }));
  await calling("delete", ada, (organization) => organization.delete({ organizationId: ids.engines }));
  await step("a session without", ada, (client) => client.getSession());
}
