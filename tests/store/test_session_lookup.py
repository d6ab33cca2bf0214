"""Look-ups that come at the same moment share a query, and each gets exactly its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.options import MemoryCacheOptions
from betterauth_py.store.sessions.lookup import PostgresqlSessionLookup, SqliteSessionLookup, make_session_lookup
from tests.store.support import auth_on, database_of, execute_script, running, sign_up

FIELDS = {
    "nickName": {"type": "string", "required": False},
    "born": {"type": "date", "required": False},
    "newsletter": {"type": "boolean", "required": False},
    "tags": {"type": "string[]", "required": False},
    "settings": {"type": "json", "required": False},
}
VALUES: dict[str, Any] = {
    "nickName": "Countess",
    "born": "1815-12-10T00:00:00.000Z",
    "newsletter": False,
    "tags": ["a", "b"],
    "settings": {"dark": [True, None, 1.5]},
}


@dataclass
class Watched:
    """A look-up whose queries are counted."""

    auth: BetterAuth
    lookup: PostgresqlSessionLookup | SqliteSessionLookup
    queries: list[list[str]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    async def found_tokens(self, asked: Sequence[str]) -> list[str | None]:
        """The tokens of the sessions that were found, in the order of asking."""
        found = await asyncio.gather(*(self.lookup.find(token) for token in asked))
        return [None if pair is None else pair[0]["token"] for pair in found]


@pytest.fixture
async def watched(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    """Five sessions, and a look-up of its own."""
    async with running(auth_on(database_url, user={"additional_fields": FIELDS})) as auth:
        lookup = make_session_lookup(database_of(auth), MemoryCacheOptions())
        assert isinstance(lookup, PostgresqlSessionLookup | SqliteSessionLookup)
        watched = Watched(auth, lookup)
        query = lookup.query

        async def counting(tokens: list[str]) -> Sequence[Sequence[Any]]:
            watched.queries.append(list(tokens))
            return await query(tokens)

        monkeypatch.setattr(lookup, "query", counting)
        watched.tokens += [(await sign_up(auth, **VALUES))["token"] for _ in range(5)]
        yield watched
        await lookup.close()


async def test_an_unknown_token_finds_nothing(watched: Watched) -> None:
    assert await watched.found_tokens(["unknown", "", "' OR 1=1 --", "ü" * 2000]) == [None] * 4
    # PostgreSQL has no such character; nobody can have such a token.
    assert await watched.auth.context.sessions.find_with_user("a\0b") is None


async def test_each_gets_its_own_session_and_user(watched: Watched) -> None:
    asked = [*watched.tokens, "unknown", *reversed(watched.tokens)] * 20
    assert await watched.found_tokens(asked) == [None if token == "unknown" else token for token in asked]
    for token in watched.tokens:
        found = await watched.lookup.find(token)
        assert found is not None
        assert found[0]["userId"] == found[1]["id"]


async def test_those_that_wait_share_one_query_that_asks_for_each_token_once(watched: Watched) -> None:
    asked = [*watched.tokens, *watched.tokens, "unknown"] * 30
    first, *_ = await asyncio.gather(watched.lookup.find(watched.tokens[0]), watched.found_tokens(asked))
    assert first is not None
    assert len(watched.queries) <= 2
    assert all(len(tokens) == len(set(tokens)) for tokens in watched.queries)


async def test_more_than_a_batch_holds_is_asked_in_several(watched: Watched) -> None:
    asked = [f"unknown{number}" for number in range(1300)] + watched.tokens
    assert await watched.found_tokens(asked) == [None] * 1300 + watched.tokens
    assert max(map(len, watched.queries)) <= 500


async def test_the_answer_is_what_sqlalchemy_reads(watched: Watched) -> None:
    for token in watched.tokens:
        async with database_of(watched.auth).transaction():
            plain = await watched.auth.context.sessions.find_with_user(token)
        found = await watched.lookup.find(token)
        assert found == plain
        assert found is not None
        assert plain is not None
        assert [list(row) for row in found] == [list(row) for row in plain]
        assert [type(value) for row in found for value in row.values()] == [
            type(value) for row in plain for value in row.values()
        ]
        assert found[1]["tags"] == VALUES["tags"]
        assert found[1]["settings"] == VALUES["settings"]


async def test_two_callers_do_not_share_the_answers_dictionaries(watched: Watched) -> None:
    one, other = await asyncio.gather(*(watched.lookup.find(watched.tokens[0]) for _ in range(2)))
    assert one is not None
    assert other is not None
    one[0]["token"] = one[1]["name"] = "changed"
    assert other[0]["token"] == watched.tokens[0]
    assert other[1]["name"] == "Ada"


async def test_two_callers_do_not_share_what_is_inside_the_answers(watched: Watched) -> None:
    one, other = await asyncio.gather(*(watched.lookup.find(watched.tokens[0]) for _ in range(2)))
    assert one is not None
    assert other is not None
    one[1]["tags"].append("changed")
    one[1]["settings"]["dark"] = "changed"
    assert other[1]["tags"] == VALUES["tags"]
    assert other[1]["settings"] == VALUES["settings"]


async def test_a_caller_that_gives_up_does_not_take_the_answer_from_others(watched: Watched) -> None:
    token = watched.tokens[0]
    waiting = [asyncio.create_task(watched.lookup.find(token)) for _ in range(6)]
    await asyncio.sleep(0)
    for task in waiting[:3]:
        task.cancel()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(answer, asyncio.CancelledError) for answer in found] == [True] * 3 + [False] * 3
    assert [answer[0]["token"] for answer in found[3:] if isinstance(answer, tuple)] == [token] * 3
    assert await watched.found_tokens(watched.tokens) == watched.tokens


async def test_when_all_callers_give_up_the_next_one_is_answered(watched: Watched) -> None:
    waiting = [asyncio.create_task(watched.lookup.find(token)) for token in watched.tokens]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await watched.found_tokens(watched.tokens) == watched.tokens


async def test_nothing_is_stale(watched: Watched) -> None:
    async def sign_out_and_look(token: str) -> None:
        busy = [asyncio.create_task(watched.lookup.find(token)) for _ in range(5)]
        await asyncio.sleep(0)
        await watched.auth.context.sessions.delete(token)
        # Asked after the deletion: the query that is already on its way must not answer this one.
        assert await watched.lookup.find(token) is None
        await asyncio.gather(*busy)

    await asyncio.gather(*(sign_out_and_look(token) for token in watched.tokens))


async def test_an_error_reaches_everybody_who_waits_and_nobody_after(watched: Watched, database_url: str) -> None:
    # PostgreSQL and SQLite both rename at once; the prepared statement then misses its table.
    await execute_script(database_url, 'ALTER TABLE "session" RENAME TO "session_gone"')
    found = await asyncio.gather(*(watched.lookup.find(token) for token in watched.tokens), return_exceptions=True)
    assert all(isinstance(answer, Exception) for answer in found)
    await execute_script(database_url, 'ALTER TABLE "session_gone" RENAME TO "session"')
    assert await watched.found_tokens(watched.tokens) == watched.tokens


async def test_a_column_added_meanwhile_does_not_hurt(watched: Watched, database_url: str) -> None:
    assert await watched.found_tokens(watched.tokens[:1]) == watched.tokens[:1]
    await execute_script(database_url, 'ALTER TABLE "session" ADD COLUMN "added" text')
    await execute_script(database_url, 'ALTER TABLE "user" DROP COLUMN "image"')
    await execute_script(database_url, 'ALTER TABLE "user" ADD COLUMN "image" text')
    assert await watched.found_tokens(watched.tokens) == watched.tokens


async def test_closing_is_possible_at_any_time_and_twice(watched: Watched) -> None:
    waiting = [asyncio.create_task(watched.lookup.find(token)) for token in watched.tokens]
    await asyncio.sleep(0)
    await watched.lookup.close()
    await watched.lookup.close()
    for answer in await asyncio.wait_for(asyncio.gather(*waiting, return_exceptions=True), timeout=10):
        assert answer is None or isinstance(answer, tuple | Exception)
