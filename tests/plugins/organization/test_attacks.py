"""Many at once, forged input, hidden fields, and what is large: what the scenarios of organizations do not show."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from betterauth_py import BetterAuth
from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.oauth_world import count
from tests.plugins.organization.support import (
    ORGANIZATION,
    done,
    in_postgres,
    invited,
    joined,
    post,
    signed_up,
    statuses,
)

SLUG = {"name": "Engines", "slug": "engines"}


@pytest.fixture(params=["sqlite", "postgres"])
def stored(request: pytest.FixtureRequest) -> dict[str, Any]:
    return in_postgres(request) if request.param == "postgres" else {}


async def with_organization(make_auth: MakeAuth, stored: dict[str, Any], **options: Any) -> tuple[BetterAuth, Client]:
    auth = await make_auth(plugins={"organization": options}, **stored)
    ada = await signed_up(auth, "ada")
    await done(ada, "create", SLUG)
    return auth, ada


async def owners_of(auth: BetterAuth) -> int:
    return sum("owner" in member["role"].split(",") for member in await auth.context.rows.find_many("member"))


async def test_two_owners_who_go_at_once_leave_one(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(make_auth, stored)
    bob = await signed_up(auth, "bob")
    bobs = await joined(ada, bob, "bob", "owner")
    here = {"organizationId": bobs["organizationId"]}
    for calls in (
        [post(ada, "leave", here), post(bob, "leave", here)],
        [
            post(ada, "remove-member", {"memberIdOrEmail": "bob@example.com", **here}),
            post(bob, "remove-member", {"memberIdOrEmail": "ada@example.com", **here}),
        ],
    ):
        replies = await asyncio.gather(*calls)
        assert statuses(replies)[0] == 200
        assert statuses(replies)[1] >= 400
        assert await owners_of(auth) == 1
        left = [row["userId"] for row in await auth.context.rows.find_many("member")]
        owner, gone, name = (bob, ada, "ada") if left == [bobs["userId"]] else (ada, bob, "bob")
        await done(owner, "set-active", here)
        await joined(owner, gone, name, "owner")


async def test_two_owners_who_demote_each_other_leave_one(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(make_auth, stored)
    bob = await signed_up(auth, "bob")
    bobs = await joined(ada, bob, "bob", "owner")
    adas = (await ada.get(f"{ORGANIZATION}/get-active-member")).json()
    replies = await asyncio.gather(
        post(ada, "update-member-role", {"memberId": bobs["id"], "role": "member"}),
        post(bob, "update-member-role", {"memberId": adas["id"], "role": "member"}),
    )
    assert statuses(replies) == [200, 403]
    assert await owners_of(auth) == 1


async def test_of_eight_acceptances_one_counts(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(make_auth, stored)
    bob = await signed_up(auth, "bob")
    invitation = await invited(ada, "bob")
    replies = await asyncio.gather(*(post(bob, "accept-invitation", {"invitationId": invitation}) for _ in range(8)))
    assert statuses(replies) == [200, *[400] * 7]
    assert await count(auth, "member") == [2]


async def test_an_invitation_is_accepted_rejected_or_cancelled(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(make_auth, stored)
    bob = await signed_up(auth, "bob")
    body = {"invitationId": await invited(ada, "bob")}
    replies = await asyncio.gather(
        post(bob, "accept-invitation", body), post(bob, "reject-invitation", body), post(ada, "cancel-invitation", body)
    )
    assert statuses(replies) == [200, 400, 400]
    (row,) = await auth.context.rows.find_many("invitation")
    assert await count(auth, "member") == [2 if row["status"] == "accepted" else 1]


async def test_the_last_seat_is_taken_once(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(make_auth, stored, membership_limit=3)
    names = [f"guest{number}" for number in range(5)]
    guests = [await signed_up(auth, name) for name in names]
    invitations = [await invited(ada, name) for name in names]
    replies = await asyncio.gather(
        *(
            post(guest, "accept-invitation", {"invitationId": invitation})
            for guest, invitation in zip(guests, invitations, strict=True)
        )
    )
    assert statuses(replies) == [200, 200, 403, 403, 403]
    assert await count(auth, "member") == [3]
    states = sorted(row["status"] for row in await auth.context.rows.find_many("invitation"))
    assert states == ["accepted", "accepted", "pending", "pending", "pending"]


async def test_limits_of_organizations_and_slugs_hold_at_once(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth = await make_auth(plugins={"organization": {"organization_limit": 2}}, **stored)
    ada, bob = await signed_up(auth, "ada"), await signed_up(auth, "bob")
    replies = await asyncio.gather(*(post(ada, "create", {"name": "A", "slug": f"a{n}"}) for n in range(8)))
    assert statuses(replies) == [200, 200, *[403] * 6]
    replies = await asyncio.gather(*(post(bob, "create", SLUG) for _ in range(8)))
    assert statuses(replies) == [200, *[400] * 7]
    assert await count(auth, "organization", "member") == [3, 3]


async def test_limits_of_invitations_hold_at_once(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(make_auth, stored, invitation_limit=3)
    bob = {"email": "bob@example.com", "role": "member"}
    assert statuses(await asyncio.gather(*(post(ada, "invite-member", bob) for _ in range(6)))) == [200, *[400] * 5]
    bodies = [{"email": f"guest{number}@example.com", "role": "member"} for number in range(6)]
    replies = await asyncio.gather(*(post(ada, "invite-member", body) for body in bodies))
    assert statuses(replies) == [200, 200, *[403] * 4]
    assert await count(auth, "invitation") == [3]


async def test_limits_of_teams_and_roles_hold_at_once(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(
        make_auth,
        stored,
        teams={"enabled": True, "maximum_teams": 3, "maximum_members_per_team": 2},
        ac={"ac": ["create"], "project": ["create"]},
        roles={"owner": {"ac": ["create"], "project": ["create"]} | {}, "member": {}},
        dynamic_access_control={"enabled": True, "maximum_roles_per_organization": 2},
    )
    roles = [{"role": f"role{number}", "permission": {"project": ["create"]}} for number in range(6)]
    replies = await asyncio.gather(*(post(ada, "create-role", role) for role in [*roles, *roles]))
    assert statuses(replies) == [200, 200, *[400] * 10]
    assert len({row["role"] for row in await auth.context.rows.find_many("organizationRole")}) == 2
    organization = (await auth.context.rows.find_many("organization"))[0]
    made = await asyncio.gather(
        *(
            auth.api.create_team(body={"name": "Team", "organizationId": organization["id"]}, as_response=True)
            for _ in range(6)
        )
    )
    assert sorted(answer.status for answer in made) == [200, 200, *[400] * 4]


async def test_the_last_seat_of_a_team_is_taken_once(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(make_auth, stored, teams={"enabled": True, "maximum_members_per_team": 2})
    (team,) = await auth.context.rows.find_many("team")
    names = [f"guest{number}" for number in range(4)]
    members = [await joined(ada, await signed_up(auth, name), name) for name in names]
    replies = await asyncio.gather(
        *(post(ada, "add-team-member", {"teamId": team["id"], "userId": member["userId"]}) for member in members)
    )
    assert statuses(replies) == [200, 403, 403, 403]
    assert await count(auth, "teamMember") == [2]
    assert (await auth.context.rows.find_many("team"))[0]["memberCount"] == 2
    taken = next(member for member, reply in zip(members, replies, strict=True) if reply.status == 200)
    out = {"teamId": team["id"], "userId": taken["userId"]}
    replies = await asyncio.gather(*(post(ada, "remove-team-member", out) for _ in range(4)))
    assert (await auth.context.rows.find_many("team"))[0]["memberCount"] == 1
    assert statuses(replies)[0] == 200


async def test_a_member_is_one_once(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(make_auth, stored)
    bob = await signed_up(auth, "bob")
    invitation = await invited(ada, "bob")
    user = await auth.context.users.find_by_email("bob@example.com")
    assert user is not None
    organization = (await auth.context.rows.find_many("organization"))[0]
    body = {"userId": user["id"], "role": "member", "organizationId": organization["id"]}
    added = await asyncio.gather(*(auth.api.add_member(body=body, as_response=True) for _ in range(4)))
    assert sorted(answer.status for answer in added) == [200, 400, 400, 400]
    reply = await post(bob, "accept-invitation", {"invitationId": invitation})
    assert (reply.status, reply.json()["code"]) == (400, "USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION")
    (row,) = await auth.context.rows.find_many("invitation")
    assert row["status"] == "pending"
    assert await count(auth, "member") == [2]


async def test_hidden_columns_are_in_no_answer_and_no_filter(make_auth: MakeAuth) -> None:
    hidden = {"additional_fields": {"secret": {"type": "string", "required": False, "returned": False}}}
    auth, ada = await with_organization(
        make_auth, {}, schema={"organization": hidden, "member": hidden, "invitation": hidden}
    )
    await done(ada, "update", {"data": {"secret": "s3cret"}})
    for model in ("member", "organization"):
        await auth.context.rows.update_many(model, {"secret": "s3cret"})
    bob = await signed_up(auth, "bob")
    invitation = await invited(ada, "bob", secret="s3cret")
    answers = [
        await ada.get(f"{ORGANIZATION}/{path}")
        for path in ("list", "get-organization", "get-full-organization", "list-members", "list-invitations",
                     "get-active-member")
    ]  # fmt: skip
    answers.append(await post(bob, "accept-invitation", {"invitationId": invitation}))
    assert {answer.status for answer in answers} == {200}
    assert not any(b"s3cret" in answer.body or b"secret" in answer.body for answer in answers)
    for query in ("filterField=secret&filterValue=s3cret", "sortBy=secret"):
        assert (await ada.get(f"{ORGANIZATION}/list-members?{query}")).status == 400


FORGED = [
    "filterField=none&filterValue=x", "sortBy=none", "filterField=role&filterValue=x&filterOperator=in",
    "filterField=role&filterValue=a&filterValue=b", "filterField=role", "filterField=role&filterOperator=contains",
    "filterField=createdAt&filterValue=never&filterOperator=gt", "filterField=role&filterValue=%00",
    "limit=-1", "offset=-1", "limit=1e999", "limit=1.5", "offset=1e20", "limit=NaN", "sortBy=__proto__",
]  # fmt: skip


async def test_no_query_fails(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    _, ada = await with_organization(make_auth, stored)
    for query in FORGED:
        assert (await ada.get(f"{ORGANIZATION}/list-members?{query}")).status in {200, 400}, query
    for limit in ("-1", "1e9", "99999999999999999999", "0x10"):
        reply = await ada.get(f"{ORGANIZATION}/get-full-organization?membersLimit={limit}")
        assert (reply.status, len(reply.json()["members"])) == (200, 1), limit


async def test_no_text_fails(make_auth: MakeAuth, stored: dict[str, Any]) -> None:
    auth, ada = await with_organization(make_auth, stored)
    for bad in ("\0", "\ud800", "a" * 9_000):
        for path, body in (
            ("create", {"name": bad, "slug": bad}), ("update", {"data": {"name": bad, "slug": bad}}),
            ("check-slug", {"slug": bad}), ("set-active", {"organizationId": bad}), ("leave", {"organizationId": bad}),
            ("delete", {"organizationId": bad}), ("remove-member", {"memberIdOrEmail": bad}),
            ("remove-member", {"memberIdOrEmail": f"{bad}@"}), ("accept-invitation", {"invitationId": bad}),
            ("update-member-role", {"memberId": bad, "role": "member"}),
            ("invite-member", {"email": f"{bad}@example.com", "role": "member"}),
        ):  # fmt: skip
            assert (await post(ada, path, body)).status in {200, 400, 403}, (path, bad[:3])
    await auth.context.finish_background_work()


async def test_lists_of_what_is_large_have_pages(make_auth: MakeAuth) -> None:
    auth, ada = await with_organization(make_auth, {}, membership_limit=200_000)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
    insert = auth.context.database.execute
    await insert(text(
        "INSERT INTO user (id, name, email, email_verified, created_at, updated_at) " + numbers.format(100_000)
        + "SELECT 'u' || i, 'U', 'u' || i || '@example.com', 0, 0, 0 FROM n"
    ))  # fmt: skip
    await insert(text(
        "INSERT INTO member (id, organization_id, user_id, role, created_at) " + numbers.format(100_000)
        + "SELECT 'm' || i, (SELECT id FROM organization), 'u' || i, 'member', 0 FROM n"
    ))  # fmt: skip
    reply = (await ada.get(f"{ORGANIZATION}/list-members")).json()
    assert (len(reply["members"]), reply["total"]) == (1_000, 100_001)
    reply = (await ada.get(f"{ORGANIZATION}/list-members?limit=100000&offset=99900")).json()
    assert len(reply["members"]) == 101
    full = (await ada.get(f"{ORGANIZATION}/get-full-organization?membersLimit=50000")).json()
    assert len(full["members"]) == 1_000
    organization = (await auth.context.rows.find_many("organization"))[0]
    reply_to_leave = await post(ada, "leave", {"organizationId": organization["id"]})
    assert reply_to_leave.status == 400
    await insert(text(
        "INSERT INTO organization (id, name, slug, created_at) " + numbers.format(1_000)
        + "SELECT 'o' || i, 'O', 'o' || i, 0 FROM n"
    ))  # fmt: skip
    await insert(text(
        "INSERT INTO member (id, organization_id, user_id, role, created_at) "
        "SELECT 'x' || id, id, (SELECT id FROM user WHERE email = 'ada@example.com'), 'owner', 0 FROM organization "
        "WHERE id LIKE 'o%' AND length(id) < 6"
    ))  # fmt: skip
    assert len((await ada.get(f"{ORGANIZATION}/list")).json()) == 100
