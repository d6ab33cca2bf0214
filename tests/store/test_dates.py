"""Dates are UTC with milliseconds, whatever the database's own time zone and whoever wrote them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from betterauth_py.clock import ManualClock
from tests.store.support import (
    auth_on,
    browser,
    execute_script,
    new_address,
    running,
    sign_up,
    sign_up_body,
    stored_rows,
)

MOMENT = datetime(2024, 7, 31, 23, 59, 59, 7000, tzinfo=UTC)
WIRE = "2024-07-31T23:59:59.007Z"
LAYOUTS = ["drizzle", "better-auth"]
FIELDS = {"born": {"type": "date", "required": False}}


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_the_time_zone_of_the_database_changes_nothing(postgresql_url: str, layout: str) -> None:
    name = urlsplit(postgresql_url).path.removeprefix("/")
    await execute_script(postgresql_url, f"ALTER DATABASE {name} SET timezone = 'America/New_York'")
    options: dict[str, Any] = {"database": {"layout": layout}, "user": {"additional_fields": FIELDS}}
    async with running(auth_on(postgresql_url, clock=ManualClock(MOMENT), **options)) as auth, browser(auth) as client:
        body = sign_up_body(new_address(), born="1815-12-10T00:00:00.000Z")
        signed_up = (await client.post("/sign-up/email", json=body)).json()["user"]
        read = (await client.get("/get-session")).json()
        assert read["user"] == signed_up
        assert (signed_up["createdAt"], signed_up["born"]) == (WIRE, "1815-12-10T00:00:00.000Z")
        assert read["session"]["expiresAt"] == "2024-08-07T23:59:59.007Z"
    (user,) = await stored_rows(postgresql_url, "user")
    stored = user["created_at" if layout == "drizzle" else "createdAt"]
    assert stored == (MOMENT.replace(tzinfo=None) if layout == "drizzle" else MOMENT)


@pytest.mark.parametrize(("layout", "stored"), [("drizzle", 1722470399007), ("better-auth", WIRE)])
async def test_sqlite_holds_dates_as_each_layout_does(sqlite_url: str, layout: str, stored: Any) -> None:
    async with running(auth_on(sqlite_url, clock=ManualClock(MOMENT), database={"layout": layout})) as auth:
        await sign_up(auth)
    (user,) = await stored_rows(sqlite_url, "user")
    assert user["created_at" if layout == "drizzle" else "createdAt"] == stored


@pytest.mark.parametrize("year", [1, 1000, 9999])
@pytest.mark.parametrize("layout", LAYOUTS)
async def test_dates_far_away_come_back(database_url: str, layout: str, year: int) -> None:
    wire = f"{year:04d}-06-15T12:00:00.001Z"
    options: dict[str, Any] = {"database": {"layout": layout}, "user": {"additional_fields": FIELDS}}
    async with running(auth_on(database_url, **options)) as auth, browser(auth) as client:
        await client.post("/sign-up/email", json=sign_up_body(new_address(), born=wire))
        assert (await client.get("/get-session")).json()["user"]["born"] == wire


async def test_a_row_as_better_auth_writes_it_to_sqlite_is_read(sqlite_url: str) -> None:
    clock = ManualClock(MOMENT)
    async with running(auth_on(sqlite_url, clock=clock, database={"layout": "better-auth"})) as auth:
        await execute_script(
            sqlite_url,
            f"""
            INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
            VALUES ('u', 'Ada', 'ada@example.com', 1, '{WIRE}', '{WIRE}');
            INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "userId")
            VALUES ('s', '2024-08-01T00:00:00.000Z', 't', '{WIRE}', '{WIRE}', 'u');
            """,
        )
        found = await auth.context.sessions.find_with_user("t")
        assert found is not None
        assert found[0]["createdAt"] == found[1]["updatedAt"] == MOMENT
        assert found[0]["expiresAt"] == datetime(2024, 8, 1, tzinfo=UTC)
        assert found[1]["emailVerified"] is True


async def test_a_date_without_a_time_zone_is_refused_by_the_store(database_url: str) -> None:
    async with running(auth_on(database_url)) as auth:
        token = (await sign_up(auth))["token"]
        with pytest.raises(Exception, match="naive dates are refused"):
            await auth.context.sessions.update(token, {"expiresAt": MOMENT.replace(tzinfo=None)})
