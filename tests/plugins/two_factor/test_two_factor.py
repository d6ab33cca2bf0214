"""What the scenarios of the two-factor plugin do not show: what strangers, thieves and racers try."""

from __future__ import annotations

import pytest

from tests.conftest import MakeAuth
from tests.http.client import Client
from tests.http.people import PASSWORD
from tests.plugins.two_factor.support import ALICE, SIGN_IN, enable, is_signed_in, verify

AROUND = ("bearer", "one-time-token", "multi-session", "last-login-method", "anonymous", "jwt")


@pytest.mark.parametrize("first", [True, False])
async def test_no_session_or_token_leaves_before_the_second_factor(make_auth: MakeAuth, first: bool) -> None:
    others = {
        "bearer": {},
        "one-time-token": {"set_ott_header_on_new_session": True},
        "multi-session": {},
        "last-login-method": {},
        "anonymous": {},
        "jwt": {},
        "electron": {},
        "expo": {},
    }
    plugins = {"two-factor": {}, **others} if first else {**others, "two-factor": {}}
    auth = await make_auth(plugins=plugins, session={"cookie_cache": {"enabled": True}})
    person = await enable(auth)
    client = Client(auth.app)
    sessions = await auth.context.rows.count("session")
    reply = await client.post(SIGN_IN, {"email": ALICE, "password": PASSWORD})
    assert reply.json() == {"twoFactorRedirect": True, "twoFactorMethods": ["totp"]}
    assert {name for name, _ in reply.headers} & {"set-auth-token", "set-ott", "set-auth-jwt"} == set()
    given = {line.partition("=")[0]: line.partition("=")[2].partition(";")[0] for line in reply.set_cookies}
    assert {name for name, value in given.items() if value} <= {
        "better-auth.two_factor",
        "better-auth.last_used_login_method",
    }
    assert await auth.context.rows.count("session") == sessions
    assert not await is_signed_in(client)
    # With the second factor all of them are there.
    reply = await verify(client, person.code())
    assert {name for name, _ in reply.headers} >= {"set-auth-token", "set-ott"}
    assert await is_signed_in(client)


async def test_a_new_password_does_not_pass_the_second_factor_by(make_auth: MakeAuth) -> None:
    auth = await make_auth(plugins={"two-factor": {}, "bearer": {}})
    person = await enable(auth)
    changed = await person.client.post(
        "/api/auth/change-password",
        {"currentPassword": PASSWORD, "newPassword": "another password", "revokeOtherSessions": True},
    )
    assert changed.status == 200
    client = Client(auth.app)
    reply = await client.post(SIGN_IN, {"email": ALICE, "password": "another password"})
    assert reply.json()["twoFactorRedirect"] is True
    assert not await is_signed_in(client)
