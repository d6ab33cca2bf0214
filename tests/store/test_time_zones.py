"""A database with a time zone of its own, and date columns of the other layout's type: moments stay what they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from betterauth_py import BetterAuth
from tests.store.pooler import pgbouncer
from tests.store.support import (
    auth_on,
    browser,
    database_of,
    execute_script,
    new_address,
    query,
    running,
    sign_up,
    sign_up_body,
)

ZONES = ["Europe/Berlin", "America/Los_Angeles"]
# The other layout's type: PostgreSQL would turn one into the other by the connection's time zone.
OTHER_TYPE = {"drizzle": "timestamptz", "better-auth": "timestamp"}
DATES = {
    "session": ("expires_at", "created_at", "updated_at"),
    "verification": ("expires_at", "created_at", "updated_at"),
    "user": ("created_at", "updated_at"),
}


def in_layout(name: str, layout: str) -> str:
    first, *rest = name.split("_")
    return name if layout == "drizzle" else first + "".join(part.title() for part in rest)


async def with_other_types(url: str, layout: str, zone: str) -> None:
    """Give the database's dates the other layout's type, and the database a time zone."""
    auth = auth_on(url, database={"layout": layout})
    await auth.migrate()
    await auth.shutdown()
    changes = [
        f'ALTER TABLE "{table}" ALTER COLUMN "{in_layout(column, layout)}" TYPE {OTHER_TYPE[layout]};'
        for table, columns in DATES.items()
        for column in columns
    ]
    name = urlsplit(url).path.removeprefix("/")
    await execute_script(url, "".join(changes) + f"ALTER DATABASE {name} SET timezone = '{zone}'")


@pytest.fixture(params=["direct", "pooler"])
def way(request: pytest.FixtureRequest, postgresql_url: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The URL and options of a connection, direct or through a transaction-mode pooler."""
    if request.param == "direct":
        yield postgresql_url, {}
        return
    with pgbouncer(postgresql_url, {"pool_mode": "transaction", "default_pool_size": "2"}) as port:
        yield f"postgresql://postgres@127.0.0.1:{port}{urlsplit(postgresql_url).path}", {"pooled": True}


async def life_of_session(auth: BetterAuth, url: str, layout: str) -> timedelta:
    """How long the only session lives by the clock of the database, whatever its columns' type."""
    column = in_layout("expires_at", layout)
    (row,) = await query(url, f'SELECT "{column}" AS ends FROM session')
    ends: datetime = row["ends"]
    return (ends if ends.tzinfo else ends.replace(tzinfo=UTC)) - auth.context.now()


@pytest.mark.parametrize("layout", ["drizzle", "better-auth"])
@pytest.mark.parametrize("zone", ZONES)
async def test_sessions_and_links_live_as_long_as_they_should(
    postgresql_url: str, way: tuple[str, dict[str, Any]], layout: str, zone: str
) -> None:
    await with_other_types(postgresql_url, layout, zone)
    url, options = way
    links: list[str] = []

    async def send(data: Any, _: Any) -> None:
        links.append(data["token"])

    auth = auth_on(
        url,
        database={"layout": layout, **options},
        email_and_password={"send_reset_password": send, "reset_password_token_expires_in": 600},
        session={"expires_in": 3600},
    )
    async with running(auth, migrate=False), browser(auth) as client:
        email = new_address()
        signed_up = await client.post("/sign-up/email", json=sign_up_body(email))
        assert signed_up.status_code == 200, signed_up.text
        life = await life_of_session(auth, postgresql_url, layout)
        assert timedelta(minutes=59) < life <= timedelta(hours=1)
        found = (await client.get("/get-session")).json()
        shown = datetime.fromisoformat(found["session"]["expiresAt"]) - auth.context.now()
        assert timedelta(minutes=59) < shown <= timedelta(hours=1)
        assert found["user"]["createdAt"] == signed_up.json()["user"]["createdAt"]
        await client.post("/request-password-reset", json={"email": email})
        await auth.context.close_connections()
        reset = await client.post("/reset-password", json={"token": links[0], "newPassword": "another horse"})
        assert reset.status_code == 200, reset.text


async def test_every_direct_connection_is_at_utc(postgresql_url: str) -> None:
    name = urlsplit(postgresql_url).path.removeprefix("/")
    await execute_script(postgresql_url, f"ALTER DATABASE {name} SET timezone = 'Europe/Berlin'")
    async with running(auth_on(postgresql_url)) as auth:
        await sign_up(auth)
        (row,) = (await database_of(auth).run(lambda connection: connection.exec_driver_sql("SHOW timezone"))).all()
        assert row[0] == "UTC"
