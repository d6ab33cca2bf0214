"""The tables of organizations, and the columns of the session, as those of better-auth's organization plugin."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from betterauth_py.plugins import Field, FieldReference, Model

_ORGANIZATION: Final = FieldReference(model="organization", field="id")
_USER: Final = FieldReference(model="user", field="id")
_TEAM: Final = FieldReference(model="team", field="id")


def _now() -> datetime:
    """Return the time in milliseconds, as the wire has it."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def tables(*, teams: bool, roles: bool) -> dict[str, Model]:
    """Return the tables, with those of teams and of roles that members create."""
    made = {"organization": ORGANIZATION}
    if roles:
        made["organizationRole"] = ORGANIZATION_ROLE
    if teams:
        made |= {"team": TEAM, "teamMember": TEAM_MEMBER}
    return made | {"member": MEMBER, "invitation": INVITATION_WITH_TEAM if teams else INVITATION}


def session_columns(*, teams: bool) -> dict[str, Field]:
    """Return the columns of the session table."""
    columns = {"activeOrganizationId": Field(required=False, input=False)}
    return columns | ({"activeTeamId": Field(required=False, input=False)} if teams else {})


ORGANIZATION: Final = Model(
    name="organization",
    fields={
        "name": Field(),
        "slug": Field(unique=True, index=True),
        "logo": Field(required=False),
        "createdAt": Field(type="date"),
        "metadata": Field(required=False),
    },
)
MEMBER: Final = Model(
    name="member",
    fields={
        "organizationId": Field(references=_ORGANIZATION, index=True),
        "userId": Field(references=_USER, index=True),
        "role": Field(default_value="member"),
        "createdAt": Field(type="date"),
    },
)
_INVITED: Final = {
    "organizationId": Field(references=_ORGANIZATION, index=True),
    "email": Field(index=True),
    "role": Field(required=False),
}
_INVITING: Final = {
    "status": Field(default_value="pending"),
    "expiresAt": Field(type="date"),
    "createdAt": Field(type="date"),
    "inviterId": Field(references=_USER),
}
INVITATION: Final = Model(name="invitation", fields={**_INVITED, **_INVITING})
INVITATION_WITH_TEAM: Final = Model(
    name="invitation", fields={**_INVITED, "teamId": Field(required=False), **_INVITING}
)
TEAM: Final = Model(
    name="team",
    fields={
        "name": Field(),
        "memberCount": Field(type="number", default_value=0, input=False, returned=False),
        "organizationId": Field(references=_ORGANIZATION, index=True),
        "createdAt": Field(type="date"),
        "updatedAt": Field(type="date", required=False, on_update=_now),
    },
)
TEAM_MEMBER: Final = Model(
    name="teamMember",
    fields={
        "teamId": Field(references=_TEAM, index=True),
        "userId": Field(references=_USER, index=True),
        "membershipKey": Field(required=False, unique=True, input=False, returned=False),
        "createdAt": Field(type="date", required=False),
    },
)
ORGANIZATION_ROLE: Final = Model(
    name="organizationRole",
    fields={
        "organizationId": Field(references=_ORGANIZATION, index=True),
        "role": Field(index=True),
        "permission": Field(),
        "createdAt": Field(type="date"),
        "updatedAt": Field(type="date", required=False, on_update=_now),
    },
)
