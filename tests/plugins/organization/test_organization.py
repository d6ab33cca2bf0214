"""Mails, options, calls in the process and statements of the organization plugin."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import APIError, BetterAuth, ConfigurationError
from betterauth_py.plugins import AccessControl
from betterauth_py.plugins.organization import DEFAULT_STATEMENTS
from tests.conftest import MakeAuth
from tests.http.oauth_world import count
from tests.mail.conftest import server
from tests.mail.smtp_server import MailServer, text_of
from tests.mail.test_mailed_flows import over
from tests.plugins.organization.support import ORGANIZATION, done, in_postgres, invited, joined, post, signed_up

__all__ = ["server"]  # fixture

PAGE = "https://app.example.com/join/{id}?from=mail"
TOML_ROLES = {
    "ac": {**DEFAULT_STATEMENTS, "project": ["create", "update"]},
    "roles": {
        "owner": {**DEFAULT_STATEMENTS, "project": ["create", "update"]},
        "editor": {"project": ["update"]},
    },
}


@pytest.mark.parametrize(
    ("language", "subject", "says"),
    [
        ("en", "Join Engines on Acme", "Ada invites you to Engines"),
        ("de", "Einladung zu Engines bei Acme", "Ada lädt Sie"),
    ],
)
async def test_the_server_mails_invitations_without_any_code(
    make_auth: MakeAuth, server: MailServer, language: str, subject: str, says: str
) -> None:
    auth = await make_auth(app_name="Acme", mail=over(server), plugins={"organization": {"invitation_url": PAGE}})
    ada = await signed_up(auth, "ada")
    await done(ada, "create", {"name": "Engines", "slug": "engines"})
    body = {"email": "Bob@example.com", "role": "member"}
    reply = await ada.post(f"{ORGANIZATION}/invite-member", body, {"accept-language": language})
    mail = await server.arrival()
    assert (mail["Subject"], mail["X-Mail-Kind"], mail["To"]) == (subject, "organization-invitation", "bob@example.com")
    assert says in text_of(mail)
    assert PAGE.replace("{id}", reply.json()["id"]) in text_of(mail)


async def test_a_mail_says_no_name_that_is_an_advertisement(make_auth: MakeAuth, server: MailServer) -> None:
    auth = await make_auth(app_name="Acme", mail=over(server), plugins={"organization": {"invitation_url": PAGE}})
    ada = await signed_up(auth, "ada")
    await done(ada, "create", {"name": "Win at www.evil.example", "slug": "evil"})
    await invited(ada, "bob")
    mail = await server.arrival()
    assert mail["Subject"] == "You are invited to Acme"
    assert "evil" not in text_of(mail)


async def test_invitations_to_one_address_are_bounded_for_all_organizations_together(make_auth: MakeAuth) -> None:
    sent: list[dict[str, Any]] = []
    auth = await make_auth(
        plugins={"organization": {"send_invitation_email": lambda mail, _: sent.append(mail)}},
        rate_limit={"enabled": True, "per_mailed_address": {"window": 60, "max": 2}, "custom_rules": {"/**": False}},
    )
    ada = await signed_up(auth, "ada")
    for number in range(4):
        await done(ada, "create", {"name": "Engines", "slug": f"engines{number}"})
        await invited(ada, "bob")
    assert [mail["organization"]["slug"] for mail in sent] == ["engines0", "engines1"]
    assert await count(auth, "invitation") == [4]


async def test_without_a_sender_the_log_says_what_to_do(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    await make_auth(plugins=["organization"])
    assert "No invitation can be mailed. Set option `plugins.organization.send_invitation_email`; or" in caplog.text


async def test_roles_are_tables_of_toml(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins={"organization": TOML_ROLES})
    ada, bob = await signed_up(auth, "ada"), await signed_up(auth, "bob")
    await done(ada, "create", {"name": "Engines", "slug": "engines"})
    await joined(ada, bob, "bob", "editor")
    for permissions, allowed in (({"project": ["update"]}, True), ({"project": ["create"]}, False)):
        assert (await done(bob, "has-permission", {"permissions": permissions}))["success"] is allowed
    assert (await post(ada, "invite-member", {"email": "eve@example.com", "role": "pilot"})).status == 400


@pytest.mark.parametrize("require", [True, False, None])
@pytest.mark.parametrize("generate_id", [None, "uuid", lambda _model, length: "x" * length])
async def test_an_address_must_be_verified_where_ids_are_no_secret(
    make_auth: MakeAuth, require: bool | None, generate_id: Any
) -> None:
    made = iter(range(1_000))
    own = (lambda _model, _length: f"id-{next(made)}") if callable(generate_id) else generate_id
    auth = await make_auth(
        plugins={"organization": {"require_email_verification_on_invitation": require}},
        advanced={"database": {"generate_id": own}},
    )
    ada, bob = await signed_up(auth, "ada"), await signed_up(auth, "bob")
    await done(ada, "create", {"name": "Engines", "slug": "engines"})
    invitation = await invited(ada, "bob")
    reply = await ada.get(f"{ORGANIZATION}/list-user-invitations")
    assert reply.json()["code"] == "EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION"
    reply = await post(bob, "accept-invitation", {"invitationId": invitation})
    must = callable(generate_id) if require is None else require
    assert reply.status == (403 if must else 200)


async def test_calls_in_process(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins={"organization": {"teams": {"enabled": True}, "organization_limit": 2}})
    await signed_up(auth, "ada")
    user = await auth.context.users.find_by_email("ada@example.com")
    assert user is not None
    made = await auth.api.create_organization(body={"name": "Engines", "slug": "engines", "userId": user["id"]})
    assert list(made) == ["name", "slug", "logo", "createdAt", "id", "members"]
    assert await auth.api.check_organization_slug(body={"slug": "free"}) == {"status": True}
    team = await auth.api.create_team(body={"name": "Two", "organizationId": made["id"]})
    assert list(team) == ["name", "organizationId", "createdAt", "updatedAt", "id"]
    bob = await signed_up(auth, "bob")
    row = await auth.context.users.find_by_email("bob@example.com")
    assert row is not None
    body = {"userId": row["id"], "role": [" admin", "member"], "organizationId": made["id"], "teamId": team["id"]}
    member = await auth.api.add_member(body=body)
    assert (member["role"], list(member)) == ("admin,member", ["organizationId", "userId", "role", "createdAt", "id"])
    assert await count(auth, "teamMember") == [2]
    for wrong, code in (
        ({**body, "organizationId": None}, "VALIDATION_ERROR"),
        ({"userId": row["id"], "role": "member"}, "NO_ACTIVE_ORGANIZATION"),
        ({**body, "userId": "none"}, "USER_NOT_FOUND"),
        (body, "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION"),
    ):
        with pytest.raises(APIError) as refusal:
            await auth.api.add_member(body=wrong)
        assert refusal.value.body is not None
        assert refusal.value.body["code"] == code
    await done(bob, "set-active", {"organizationId": made["id"]})
    await invited(bob, "carl")
    found = await auth.api.list_user_invitations(query={"email": "Carl@example.com"})
    assert [one["organizationName"] for one in found] == ["Engines"]
    assert await auth.api.remove_team(body={"teamId": team["id"], "organizationId": made["id"]}) == {
        "message": "Team removed successfully."
    }
    assert (await bob.get(f"{ORGANIZATION}/add-member")).status == 404


async def test_a_hook_that_refuses_leaves_nothing_behind(make_auth: MakeAuth) -> None:
    def refuse(_: dict[str, Any]) -> None:
        raise APIError(403, {"message": "Not this one", "code": "KEPT"})

    auth = await make_auth(plugins={"organization": {"organization_hooks": {"before_add_member": refuse}}})
    ada = await signed_up(auth, "ada")
    reply = await post(ada, "create", {"name": "Engines", "slug": "engines"})
    assert (reply.status, reply.json()["code"]) == (403, "KEPT")
    assert await count(auth, "organization", "member") == [0, 0]


async def test_an_organization_takes_all_that_is_its_own_along(
    make_auth: MakeAuth, request: pytest.FixtureRequest
) -> None:
    options = {
        "teams": {"enabled": True},
        "ac": AccessControl(DEFAULT_STATEMENTS),
        "dynamic_access_control": {"enabled": True},
    }
    auth = await make_auth(plugins={"organization": options}, **in_postgres(request))
    ada = await signed_up(auth, "ada")
    made = await done(ada, "create", {"name": "Engines", "slug": "engines"})
    await done(ada, "create-role", {"role": "pilot", "permission": {"team": ["create"]}})
    await invited(ada, "bob")
    await done(ada, "delete", {"organizationId": made["id"]})
    tables = ("organization", "member", "invitation", "team", "teamMember", "organizationRole")
    assert await count(auth, *tables) == [0] * 6


async def test_what_is_asked_most_costs_few_statements(make_auth: MakeAuth, request: pytest.FixtureRequest) -> None:
    auth = await make_auth(plugins=["organization"], **in_postgres(request))
    ada = await signed_up(auth, "ada")
    await done(ada, "create", {"name": "Engines", "slug": "engines"})
    statements: list[str] = []
    database, execute = auth.context.database, auth.context.database.execute

    async def execute_noted(statement: Any, values: Any = None) -> Any:
        statements.append(type(statement).__name__)
        return await execute(statement, values)

    object.__setattr__(database, "execute", execute_noted)
    # Besides the session: better-auth 1.7.25 asks for the member and its user, and here for 100 members one by one.
    for path, most in (("list-members", 4), ("get-full-organization", 5), ("list", 2), ("get-active-member", 1)):
        statements.clear()
        assert (await ada.get(f"{ORGANIZATION}/{path}")).status == 200
        assert len(statements) <= most, path
    statements.clear()
    await done(ada, "has-permission", {"permissions": {"member": ["create"]}})
    assert statements == ["Select"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"membership_limit": -1}, r"`plugins.organization.membership_limit` must be 0 or more"),
        ({"teams": {"maximum_teams": -1}}, r"`plugins.organization.teams.maximum_teams` must be 0 or more"),
        ({"creator_role": "a,b"}, r"`plugins.organization.creator_role` must be the name of one role"),
        ({"roles": {" owner": {}, "owner": {}}}, r"the name of a role has no comma or outer blanks"),
        ({"roles": {"owner": {"project": ["fly"]}}}, r"plugins.organization.roles.owner: The access control has no"),
        ({"roles": {"owner": 7}}, r"`plugins.organization.roles.owner` is int. Give a table"),
        ({"roles": 7}, r"plugins.organization.roles"),
        ({"ac": 7}, r"plugins.organization.ac"),
        ({"ac": {"project": "fly"}}, r"plugins.organization.ac.project is no list of actions"),
        ({"invitation_url": "https://example.com/accept"}, r"must be an absolute URL with \{id\}"),
        ({"invitation_url": "/accept/{id}"}, r"must be an absolute URL with \{id\}"),
        ({"team": {}}, r"Unknown option `plugins.organization.team`. Did you mean `teams`"),
        ({"schema": {"member": {"fields": {"roles": "x"}}}}, r"schema.member.fields.roles`: there is no such field"),
    ],
)
def test_wrong_options_stop_the_start(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        BetterAuth(secret="x" * 40, base_url="http://localhost:3000", plugins={"organization": options})
