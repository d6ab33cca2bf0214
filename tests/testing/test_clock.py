"""One clock moves everything: sessions, mailed tokens, rate limits, the cookie cache, verifiers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from betterauth_py.testing import AuthFactory, ManualClock
from betterauth_py.verify import JWT, CookieCache, Database, Remote, SessionVerifier, sync

PASSWORD = "correct horse battery"


def test_the_clock_is_moved_by_steps_and_to_moments() -> None:
    clock = ManualClock(datetime(2026, 11, 21, 8, tzinfo=UTC))
    clock.advance(1.5)
    clock.advance(minutes=5)
    clock.advance(days=1, hours=2)
    assert clock.now() == datetime(2026, 11, 22, 10, 5, 1, 500_000, tzinfo=UTC)
    clock.at("2027-01-01T00:00:00Z")
    assert clock.milliseconds() == 1_798_761_600_000
    clock.at(datetime(2027, 1, 2, tzinfo=UTC))
    assert clock.monotonic() == 1_798_848_000
    with pytest.raises(ValueError, match=r"has no time zone\. Write 2027-01-02T00:00:00Z for UTC"):
        clock.at("2027-01-02T00:00:00")


async def test_a_mailed_token_expires(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create(password=PASSWORD)
    await auth.api.request_password_reset(body={"email": ada.email})
    auth.clock.advance(hours=1, seconds=1)
    client = await auth.client()
    body = {"token": auth.mails.last_to(ada.email).token, "newPassword": "another one"}
    assert (await client.post("/api/auth/reset-password", json=body)).json()["code"] == "INVALID_TOKEN"


async def test_a_rate_limit_is_over_when_its_window_is(auth_factory: AuthFactory) -> None:
    auth = await auth_factory(rate_limit={"enabled": True, "window": 10, "max": 1})
    client = await auth.client()
    statuses = [(await client.get("/api/auth/ok")).status_code for _ in range(2)]
    auth.clock.advance(11)
    assert [*statuses, (await client.get("/api/auth/ok")).status_code] == [200, 429, 200]


@pytest.mark.parametrize("kind", ["cookie cache", "database", "remote", "jwt"])
async def test_a_verifier_sees_the_end(kind: str, auth_factory: AuthFactory) -> None:
    auth = await auth_factory(
        plugins={"jwt": {}}, session={"cookie_cache": {"enabled": True, "max_age": 300}, "expires_in": 300}
    )
    ada = await auth.users.create()
    headers = (await auth.login(ada)).headers if kind != "jwt" else await auth.authorization(ada)
    client = await auth.client()
    with closing(sqlite3.connect(str(auth.context.database.url.path), check_same_thread=False)) as database:
        sources: dict[str, Any] = {
            "cookie cache": lambda: CookieCache(secret=auth.secret),
            "database": lambda: Database(database, secret=auth.secret),
            # Not asked again: what it knows has to end.
            "remote": lambda: Remote(auth.url, client=client, cache_for=3_600),
            "jwt": lambda: JWT(auth.url, client=client),
        }
        verifier = SessionVerifier(sources[kind](), clock=auth.clock)
        assert (await verifier.verify(headers)).user.id == ada.id
        auth.clock.advance(minutes=4)
        assert (await verifier.verify(headers)).user.id == ada.id
        auth.clock.advance(minutes=12)
        assert await verifier.find(headers) is None


async def test_the_verifier_without_await_has_the_same_clock(auth_factory: AuthFactory) -> None:
    auth = await auth_factory(session={"cookie_cache": {"enabled": True, "max_age": 300}})
    headers = (await auth.login(await auth.users.create())).headers
    verifier = sync.SessionVerifier(sync.CookieCache(secret=auth.secret), clock=auth.clock)
    assert verifier.find(headers) is not None
    auth.clock.advance(minutes=6)
    assert verifier.find(headers) is None


async def test_keys_and_answers_are_kept_by_the_same_clock(auth_factory: AuthFactory) -> None:
    auth = await auth_factory()
    ada = await auth.users.create()
    signed_in = await auth.login(ada)
    verifier = SessionVerifier(Remote(auth.url, client=await auth.client(), cache_for=30), clock=auth.clock)
    assert (await verifier.verify(signed_in.headers)).user.id == ada.id
    await auth.sessions.delete(signed_in.session)
    assert (await verifier.verify(signed_in.headers)).user.id == ada.id
    auth.clock.advance(31)
    assert await verifier.find(signed_in.headers) is None
