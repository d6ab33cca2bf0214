"""Who a user is without a database, and how such a server is configured."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.errors import ConfigurationError
from tests.conftest import BASE_URL, SECRET, MakeAuth
from tests.http.client import Client, Reply
from tests.http.oauth_world import ADA, GitHub, sign_in
from tests.http.people import ALICE, PASSWORD, sign_up
from tests.http.test_stateless import a_process, user_id

OLDER, NEWER = {"version": 1, "value": SECRET}, {"version": 2, "value": f"newer {SECRET}"}


@pytest.fixture
def github() -> GitHub:
    return GitHub()


async def test_a_user_has_the_same_id_at_every_process(make_auth: MakeAuth, github: GitHub) -> None:
    processes = [await a_process(make_auth, github) for _ in range(2)]
    processes.append(await a_process(make_auth, github, secret=None, secrets=[NEWER, OLDER]))
    ids = {await user_id(process) for process in processes}
    assert len(ids) == 1
    assert all(len(one) == 32 and one.isalnum() for one in ids)
    stranger = await a_process(make_auth, github, secret=f"another {SECRET}")
    # Without the secret nobody can tell whose it is.
    assert await user_id(stranger) not in ids


async def test_an_address_that_nobody_has_verified_says_nothing(make_auth: MakeAuth, github: GitHub) -> None:
    github.people["eve"] = {**ADA, "id": 8, "login": "eve", "verified": False}
    one, other = await a_process(make_auth, github), await a_process(make_auth, github)
    assert await user_id(one) != await user_id(other, "eve")
    # Where both are known, they are not taken for the same.
    assert await sign_in(Client(one.app), "eve", errorCallbackURL="/oops") == "/oops?error=account_not_linked"


async def test_accounts_that_are_not_linked_have_users_of_their_own(make_auth: MakeAuth, github: GitHub) -> None:
    github.people["ada2"] = {**ADA, "id": 8, "login": "ada2"}
    apart = {"account": {"account_linking": {"disable_implicit_linking": True}}}
    one, other = await a_process(make_auth, github, **apart), await a_process(make_auth, github, **apart)
    assert await user_id(one) != await user_id(other, "ada2")
    linked = [await a_process(make_auth, github) for _ in range(2)]
    assert await user_id(linked[0]) == await user_id(linked[1], "ada2")


async def test_an_id_is_not_given_twice(make_auth: MakeAuth, github: GitHub) -> None:
    auth = await a_process(
        make_auth, github, user={"change_email": {"enabled": True, "update_email_without_verification": True}}
    )
    first = await user_id(auth)
    await auth.context.users.update(first, {"email": "elsewhere@example.com"})
    github.people["heir"] = {**ADA, "id": 9, "login": "heir"}
    assert await user_id(auth, "heir") != first


async def test_uuids_last_too(make_auth: MakeAuth, github: GitHub) -> None:
    options = {"advanced": {"database": {"generate_id": "uuid"}}}
    ids = {await user_id(await a_process(make_auth, github, **options)) for _ in range(2)}
    assert [len(one) for one in ids] == [36]


async def test_passwords_work_within_one_process(make_auth: MakeAuth, github: GitHub) -> None:
    auth = await a_process(make_auth, github)
    await sign_up(Client(auth.app))
    again = Client(auth.app)
    credentials = {"email": ALICE["email"], "password": PASSWORD}
    assert (await again.post("/api/auth/sign-in/email", credentials)).status == 200
    elsewhere = Client((await a_process(make_auth, github)).app)
    assert (await elsewhere.post("/api/auth/sign-in/email", credentials)).status == 401


def without(**options: Any) -> BetterAuth:
    return BetterAuth(base_url=BASE_URL, secret=SECRET, environment="development", database=False, **options)


def test_what_is_given_replaces_the_defaults() -> None:
    plain = without().options
    assert (plain.session.cookie_cache.strategy, plain.session.cookie_cache.max_age) == ("jwe", 604_800)
    assert plain.session.cookie_cache.refresh_age == 120_960
    assert (plain.account.store_state_strategy, plain.account.store_account_cookie) == ("cookie", True)
    cache = {"enabled": True, "max_age": 300, "strategy": "compact", "refresh_cache": {"update_age": 7}}
    given = without(session={"cookie_cache": cache}, account={"store_account_cookie": False}).options
    assert (given.session.cookie_cache.strategy, given.session.cookie_cache.max_age) == ("compact", 300)
    assert given.session.cookie_cache.refresh_age == 7
    assert not given.account.store_account_cookie
    assert without(session={"expires_in": "1h"}).options.session.cookie_cache.max_age == 3_600


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"session": {"cookie_cache": {"enabled": False}}}, "`session.cookie_cache.enabled` is false"),
        ({"rate_limit": {"storage": "database"}}, "`rate_limit.storage` is 'database', but there is none"),
        ({"session": {"memory_cache": {"enabled": True}}}, "memory_cache"),
    ],
)
def test_what_cannot_be_stops_the_start(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        without(**options)


def test_without_a_store_nothing_is_called_ready_that_is_not_there() -> None:
    assert without().context.is_stateless


async def test_health_does_not_speak_of_a_database(make_auth: MakeAuth, github: GitHub) -> None:
    reply: Reply = await Client((await a_process(make_auth, github)).app).get("/health/ready")
    assert reply.json() == {"status": "ok"}
