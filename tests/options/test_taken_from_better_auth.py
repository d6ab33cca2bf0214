"""Options that a configuration of better-auth may have: what they do here, or that they do nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from betterauth_py import BetterAuth, ConfigurationError
from betterauth_py.plugins.username import username
from tests.conftest import SECRET, MakeAuth
from tests.http.client import Client
from tests.http.people import ALICE, sign_up

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)


async def test_a_platform_is_told_of_what_runs_after_the_answer(make_auth: MakeAuth) -> None:
    told: list[asyncio.Task[None]] = []
    sent, may_send = [], asyncio.Event()

    async def send(data: dict[str, Any], _: Any) -> None:
        await may_send.wait()
        sent.append(data["user"]["email"])

    auth = await make_auth(
        email_verification={"send_verification_email": send, "send_on_sign_up": True},
        advanced={"background_tasks": {"handler": told.append}},
    )
    # The search for other hashes, at the start.
    assert len(told) == 1
    assert (await sign_up(Client(auth.app))).status == 200
    assert [task.done() for task in told[1:]] == [False]
    may_send.set()
    await asyncio.gather(*told)
    assert sent == [ALICE["email"]]


async def test_a_platforms_failure_leaves_the_work_alone(make_auth: MakeAuth, caplog: pytest.LogCaptureFixture) -> None:
    sent = []

    async def send(data: dict[str, Any], _: Any) -> None:
        sent.append(data["user"]["email"])

    auth = await make_auth(
        email_verification={"send_verification_email": send, "send_on_sign_up": True},
        advanced={"background_tasks": {"handler": lambda _: 1 / 0}},
    )
    assert (await sign_up(Client(auth.app))).status == 200
    await auth.context.finish_background_work()
    assert sent == [ALICE["email"]]
    assert "Failed to call `advanced.background_tasks.handler`" in caplog.text


@pytest.mark.parametrize("given", [SOON, SOON.astimezone(timezone(timedelta(hours=5)))])
async def test_a_cookie_says_when_it_ends(make_auth: MakeAuth, given: datetime) -> None:
    auth = await make_auth(advanced={"default_cookie_attributes": {"expires": given, "same_site": "Strict"}})
    (cookie,) = (await sign_up(Client(auth.app))).set_cookies
    ends = SOON.strftime("%a, %d %b %Y %H:%M:%S GMT")
    # In the order of better-call's `serializeCookie`.
    assert cookie.endswith(f"; Max-Age=604800; Path=/; Expires={ends}; HttpOnly; SameSite=Strict")


async def test_a_list_has_no_more_rows_than_the_options_say(make_auth: MakeAuth) -> None:
    auth = await make_auth(advanced={"database": {"default_find_many_limit": 2}})
    client = Client(auth.app)
    user = (await sign_up(client)).json()["user"]
    now = auth.context.now()
    for number in range(3):
        account = {"accountId": f"of-{number}", "providerId": "github", "userId": user["id"]}
        account |= {"createdAt": now, "updatedAt": now, "id": auth.context.generate_id("account")}
        await auth.context.accounts.create(account)
    assert len((await client.get("/api/auth/list-accounts")).json()) == 2
    assert len(await auth.context.accounts.list_of(user["id"])) == 4


@pytest.mark.parametrize(
    ("advanced", "complaint"),
    [
        ({"database": {"default_find_many_limit": 0}}, "Option `advanced.database.default_find_many_limit` is 0"),
        ({"database": {"generate_id": "numbers"}}, "generate_id` must be 'uuid' or 'serial' or False"),
        ({"database": {"generate_id": True}}, "Option `advanced.database.generate_id`"),
        ({"default_cookie_attributes": {"expires": datetime(2030, 1, 1)}}, "without a time zone"),
        ({"default_cookie_attributes": {"expires": SOON + timedelta(days=400)}}, "no cookie longer than 400 days"),
        ({"default_cookie_attributes": {"expires": "tomorrow"}}, "`advanced.default_cookie_attributes.expires`"),
        ({"background_tasks": {"handler": 7}}, "Option `advanced.background_tasks.handler` must be a function"),
        ({"cross_sub_domain_cookies": {"additional_cookies": "a"}}, "additional_cookies` must be a list"),
    ],
)
def test_wrong_values_stop_the_start(advanced: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigurationError) as stopped:
        BetterAuth(base_url="http://localhost:3000", secret=SECRET, advanced=advanced)
    assert complaint in str(stopped.value)


def test_what_has_no_effect_is_accepted() -> None:
    advanced = {"database": {"joins": True}, "cross_sub_domain_cookies": {"additional_cookies": ["mine"]}}
    plugins = [username(display_username_normalization=False)]
    auth = BetterAuth(base_url="http://localhost:3000", secret=SECRET, advanced=advanced, plugins=plugins)
    assert auth.context.options.advanced.database.joins
