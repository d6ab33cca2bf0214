"""`betterauth migrate` adds the triggers that sessions in memory need, where they are wanted, and nowhere else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.migrations.commands import Command
from tests.migrations.node import better_auth, make_tables
from tests.store.session_pairs import ON, Pair, lookup_of, remember
from tests.store.support import (
    auth_on,
    browser,
    execute_script,
    new_address,
    query,
    running,
    sign_up,
    sign_up_body,
)

TOML = "[session.memory_cache]\nenabled = true\n"
TRIGGERS = (
    "SELECT tgrelid::regclass::text AS table, tgname AS name FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
)
EVENTS = ("delete", "truncate", "update")
RENAMED: dict[str, Any] = {
    "session": {**ON, "model_name": 'Sitz"ungen', "fields": {"userId": "owner id", "token": "Token"}},
    "user": {"model_name": "people", "fields": {"name": "called"}},
}


def triggers(url: str) -> list[tuple[str, str]]:
    return [(row["table"], row["name"]) for row in asyncio.run(query(url, TRIGGERS))]


def both(session: str = "session", user: str = '"user"') -> list[tuple[str, str]]:
    return sorted((table, f"betterauth_session_changes_{event}") for table in (session, user) for event in EVENTS)


def test_migrate_adds_them_says_so_and_does_it_once(postgresql_url: str, betterauth: Command) -> None:
    assert betterauth(postgresql_url, "migrate").code == 0
    assert triggers(postgresql_url) == []
    check = betterauth(postgresql_url, "migrate", "--check", toml=TOML)
    assert check.code == 1
    assert "missing triggers on: " in check.output
    done = betterauth(postgresql_url, "migrate", toml=TOML)
    assert done.code == 0, done.errors
    assert 'triggers on "session", triggers on "user"' in done.output
    assert sorted(triggers(postgresql_url)) == both()
    assert betterauth(postgresql_url, "migrate", "--check", toml=TOML).code == 0
    again = betterauth(postgresql_url, "migrate", toml=TOML)
    assert "triggers" not in again.output


def test_turned_off_they_are_left_alone_for_others(postgresql_url: str, betterauth: Command) -> None:
    betterauth(postgresql_url, "migrate", toml=TOML)
    assert betterauth(postgresql_url, "migrate").code == 0
    assert sorted(triggers(postgresql_url)) == both()
    asyncio.run(execute_script(postgresql_url, "DROP FUNCTION betterauth_session_changes CASCADE"))
    assert triggers(postgresql_url) == []


def test_one_that_is_missing_or_disabled_is_made_again(postgresql_url: str, betterauth: Command) -> None:
    betterauth(postgresql_url, "migrate", toml=TOML)
    for damage in (
        "DROP TRIGGER betterauth_session_changes_update ON session",
        'ALTER TABLE "user" DISABLE TRIGGER betterauth_session_changes_truncate',
    ):
        asyncio.run(execute_script(postgresql_url, damage))
        assert betterauth(postgresql_url, "migrate", "--check", toml=TOML).code == 1
        assert betterauth(postgresql_url, "migrate", toml=TOML).code == 0
        assert betterauth(postgresql_url, "migrate", "--check", toml=TOML).code == 0


def test_going_down_leaves_nothing(postgresql_url: str, betterauth: Command) -> None:
    betterauth(postgresql_url, "migrate", toml=TOML)
    down = betterauth(postgresql_url, "migrate", "--to", "base", toml=TOML)
    assert down.code == 0, down.errors
    assert asyncio.run(query(postgresql_url, "SELECT 1 FROM pg_proc WHERE proname LIKE 'betterauth%'")) == []


def test_the_printed_sql_makes_them_too(postgresql_url: str, betterauth: Command) -> None:
    printed = betterauth(postgresql_url, "migrate", "--sql", toml=TOML)
    asyncio.run(execute_script(postgresql_url, printed.output))
    assert sorted(triggers(postgresql_url)) == both()
    assert "betterauth_session" not in betterauth(postgresql_url, "migrate", "--sql").output


def test_migrate_refuses_the_option_where_nobody_can_listen(sqlite_url: str, betterauth: Command) -> None:
    refused = betterauth(sqlite_url, "migrate", toml=TOML)
    assert refused.code != 0
    assert "session.memory_cache.enabled" in refused.errors


async def make_schemas(url: str, *names: str) -> None:
    for name in names:
        # Databases are used again, and only their `public` is emptied.
        await execute_script(url, f"DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}")


async def ends_elsewhere(url: str, **options: Any) -> None:
    """What one server does, the other sees."""
    async with running(auth_on(url, **options)) as one, running(auth_on(url, **options)) as other:
        pair = Pair(url, one, other)
        token, user = await pair.remembered()
        await one.context.users.update(user, {"name": "Grace"})
        await pair.await_shown(other, token, "Grace")
        await remember(other, token)
        await one.context.sessions.delete(token)
        await pair.await_shown(other, token, None)


async def test_in_either_layout_with_other_names_and_in_another_schema(postgresql_url: str, layout: str) -> None:
    await ends_elsewhere(postgresql_url, session=ON, database={"layout": layout})
    await make_schemas(postgresql_url, "one", "other")
    for schema in ("one", "other"):
        url = f"{postgresql_url}&search_path={schema}"
        await ends_elsewhere(url, database={"layout": layout}, **RENAMED)
    found = await query(postgresql_url, TRIGGERS)
    assert {row["table"].partition(".")[0] for row in found if "." in row["table"]} == {"one", "other"}


async def test_triggers_in_another_schema_do_not_count(postgresql_url: str) -> None:
    await make_schemas(postgresql_url, "other")
    async with running(auth_on(postgresql_url, session=ON)):
        pass
    there = f"{postgresql_url}&search_path=other"
    async with running(auth_on(there)):
        pass
    with pytest.raises(Exception, match="triggers"):
        async with running(auth_on(there, session=ON), migrate=False):
            pass


@pytest.mark.slow
@pytest.mark.usefixtures("npm_packages")
@pytest.mark.parametrize("ending", ["/sign-out", "/revoke-sessions"])
async def test_what_better_auth_on_node_does_is_seen(postgresql_url: str, layout: str, ending: str) -> None:
    options: dict[str, Any] = {"database": {"layout": layout}, "session": ON}
    async with running(auth_on(postgresql_url, **options)) as auth, browser(auth) as client:
        with better_auth(postgresql_url, layout) as node:
            signed_up = await asyncio.to_thread(node.post, "/sign-up/email", json=sign_up_body(new_address()))
            pairs = [cookie.partition(";")[0] for cookie in signed_up.headers.get_list("set-cookie")]
            cookies = {"cookie": "; ".join(pairs)}
            token = signed_up.json()["token"]

            async def await_shown(name: str | None) -> None:
                async with asyncio.timeout(5):
                    while True:
                        shown = (await client.get("/get-session", headers=cookies)).json()
                        if (shown and shown["user"]["name"]) == name:
                            return

            await remember(auth, token)
            await asyncio.to_thread(node.post, "/update-user", headers=cookies, json={"name": "Grace"})
            await await_shown("Grace")
            await remember(auth, token)
            await asyncio.to_thread(node.post, ending, headers=cookies, json={})
            await await_shown(None)
            assert len(lookup_of(auth).cache) == 0


@pytest.mark.usefixtures("npm_packages")
async def test_a_database_that_better_auth_made_is_adopted_with_them(
    postgresql_url: str, layout: str, betterauth: Command
) -> None:
    await asyncio.to_thread(make_tables, postgresql_url, layout)
    toml = f'{TOML}[database]\nlayout = "{layout}"\n'
    done = await asyncio.to_thread(betterauth, postgresql_url, "migrate", "--adopt", toml=toml)
    assert done.code == 0, done.errors
    async with running(auth_on(postgresql_url, session=ON, database={"layout": layout}), migrate=False) as auth:
        await remember(auth, (await sign_up(auth))["token"])
