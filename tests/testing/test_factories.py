"""People, sessions, codes and rows of plugins, made through what the server itself uses."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from betterauth_py import Plugin
from betterauth_py.core.auth_context import AuthContext
from betterauth_py.flows.users import UserNotAdmittedError
from betterauth_py.models.fields import Field, Model
from betterauth_py.options.hooks import DatabaseHooksOptions, RowHooks, TableHooks
from betterauth_py.options.types import FieldReference
from betterauth_py.testing import AuthFactory, RowFactory
from betterauth_py.verify.records import Record


async def test_a_user_is_built_saved_and_deleted(auth_factory: AuthFactory) -> None:
    auth = await auth_factory(user={"additional_fields": {"color": {"type": "string", "default_value": "red"}}})
    built = auth.users.build(name="Ada", email_verified=False)
    assert built.email.startswith("test-")
    assert (built.emailVerified, built.color, built.created_at) == (False, "red", auth.clock.now())
    assert await auth.context.users.find(built.id) is None
    saved = await auth.users.save(built)
    assert saved == built
    assert auth.users.build().email != built.email
    await auth.sessions.create(saved)
    await auth.users.delete(saved)
    assert await auth.context.users.find(built.id) is None


async def test_hooks_and_the_gate_see_who_is_made(auth_factory: AuthFactory) -> None:
    seen: list[Any] = []

    def validate(given: Any, _: Any) -> dict[str, str] | None:
        seen.append(given["source"])
        return {"error": "not_you"} if given["user"]["name"] == "Eve" else None

    created = TableHooks(create=RowHooks(before=lambda row, _: {"name": row["name"].upper()}))
    auth = await auth_factory(user={"validate_user_info": validate}, database_hooks=DatabaseHooksOptions(user=created))
    assert (await auth.users.create(name="Ada")).name == "ADA"
    assert seen == [{"method": "test", "action": "create-user"}]
    with pytest.raises(UserNotAdmittedError, match="not_you"):
        await auth.users.create(name="Eve")


async def test_a_row_that_the_database_does_not_take_says_why(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create(email="ada@example.com")
    with pytest.raises(AssertionError, match="does not take the user: another row has a value that only one may have"):
        await auth.users.create(email=ada.email)
    with pytest.raises(AssertionError, match="does not take the session"):
        await RowFactory(auth.context, "session", Record, {}).create(
            user_id="nobody", token="a", expires_at=auth.clock.now(), created_at=auth.clock.now()
        )


async def test_captured_mails_show_what_they_are(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    assert repr(auth.mails) == "CapturedMails([])"


async def test_a_session_has_the_fields_it_is_given(auth_factory: AuthFactory) -> None:
    auth = await auth_factory(session={"additional_fields": {"device": {"type": "string", "required": False}}})
    ada = await auth.users.create()
    end = auth.clock.now() + timedelta(hours=1)
    session = await auth.sessions.create(ada, device="phone", expires_at=end)
    assert (session.device, session.expires_at, session.user_id) == ("phone", end, ada.id)
    signed_in = await auth.login(ada.id, device="watch")
    assert signed_in.token == signed_in.session.token
    assert (await auth.api.get_session(headers=signed_in.headers))["session"]["device"] == "watch"
    assert signed_in.token not in repr(signed_in)
    await auth.sessions.delete(signed_in.session)
    assert await auth.api.get_session(headers=signed_in.headers) is None
    with pytest.raises(AssertionError, match="There is no user nobody"):
        await auth.login("nobody")


async def test_the_cached_session_is_among_the_cookies(auth_factory: AuthFactory) -> None:
    auth = await auth_factory(session={"cookie_cache": {"enabled": True, "strategy": "jwe"}})
    cookies = (await auth.login(await auth.users.create())).cookies
    assert [cookie["name"] for cookie in cookies] == ["better-auth.session_token", "better-auth.session_data"]


async def test_an_authorization_header_holds_a_token(auth_factory: AuthFactory) -> None:
    auth = await auth_factory(plugins={"jwt": {}})
    ada = await auth.users.create()
    token = (await auth.authorization(ada))["authorization"].removeprefix("Bearer ")
    assert (await auth.api.verify_jwt(body={"token": token}))["payload"]["sub"] == ada.id


async def test_a_storage_state_holds_what_a_browser_would_keep(auth_factory: AuthFactory, tmp_path: Path) -> None:
    cross = {"cross_sub_domain_cookies": {"enabled": True, "domain": "example.com"}}
    auth = await auth_factory(base_url="https://auth.example.com", advanced=cross)
    path = tmp_path / "ada.json"
    state = await auth.storage_state(await auth.users.create(), path=path)
    (cookie,) = state["cookies"]
    assert json.loads(path.read_text()) == state
    assert cookie["expires"] == pytest.approx(time.time() + 604_800, abs=60)
    assert cookie == {
        "expires": cookie["expires"],
        "value": cookie["value"],
        "name": "__Secure-better-auth.session_token",
        "domain": ".example.com",
        "path": "/",
        "httpOnly": True,
        "secure": True,
        "sameSite": "Lax",
    }


async def test_the_domain_is_that_of_the_url(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create()
    hosts = [(await auth.storage_state(ada, url))["cookies"][0]["domain"] for url in (None, "http://app.test:5173/x")]
    assert hosts == ["localhost", "app.test"]


async def test_codes_are_captured_by_whom_they_are_for(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    verifications = RowFactory(auth.context, "verification", Record)
    for identifier, value in (("sign-in-otp-ada@example.com", "123456:0"), ("+49123", "7890:1"), ("empty", "")):
        await verifications.create(identifier=identifier, value=value, expires_at=auth.context.after(60))
    assert auth.codes.last_to("ada@example.com") == "123456"
    assert auth.codes.last_to("+49123") == "7890"
    with pytest.raises(AssertionError, match=r"There are codes for: ada@example\.com, \+49123"):
        auth.codes.last_to("empty")
    auth.codes.clear()
    with pytest.raises(AssertionError, match="nobody"):
        auth.codes.last_to("+49123")


class TeamFactory(RowFactory[Record]):
    """What a plugin ships for tests of its users, such as organizations with members."""

    def __init__(self, context: AuthContext) -> None:
        super().__init__(context, "team", Record, {"name": "Team"})

    async def add(self, team: Record, user: Record) -> Record:
        members = RowFactory(self._context, "member", Record)
        return await members.create(team_id=team.id, user_id=user.id)


async def test_a_plugin_brings_factories_of_its_own(auth_factory: AuthFactory) -> None:
    reference = FieldReference(model="user")
    tables = {
        "team": Model(name="team", fields={"name": Field(), "createdAt": Field(type="date")}),
        "member": Model(name="member", fields={"teamId": Field(), "userId": Field(references=reference)}),
    }
    auth = await auth_factory(plugins=[Plugin(id="teams", schema=tables)])
    teams = TeamFactory(auth.context)
    team = await teams.create()
    assert (team.name, team.created_at) == ("Team", auth.clock.now())
    member = await teams.add(team, await auth.users.create())
    assert member.team_id == team.id
    with pytest.raises(TypeError, match="A member needs teamId: it is required and has no default"):
        await RowFactory(auth.context, "member", Record).create()
    await teams.delete(team)
    assert await auth.context.rows.find_many("team") == []


async def test_passwords_are_hashed_for_real_in_production(auth_factory: AuthFactory) -> None:
    hashes = []
    for environment in ("test", "production", None):
        auth = await auth_factory(environment=environment, base_url="https://auth.example.com")
        hashes.append(await auth.context.passwords.hash("correct horse battery"))
    assert ["m=8,t=1" in one for one in hashes] == [True, False, False]
