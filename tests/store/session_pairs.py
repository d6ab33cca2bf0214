"""Servers that keep sessions in memory, two on one PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from betterauth_py import BetterAuth
from betterauth_py.store.sessions.lookup import CachedSessionLookup
from tests.store.support import (
    auth_on,
    running,
    sign_up,
)

ON = {"memory_cache": {"enabled": True}}
LISTENING = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_trigger%' "
    "AND pid <> pg_backend_pid()"
)


def lookup_of(auth: BetterAuth) -> CachedSessionLookup:
    lookup = auth.context.sessions._lookups.get()
    assert isinstance(lookup, CachedSessionLookup)
    return lookup


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Wait for what will be at once on an idle machine."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.002)


class Pair:
    """Two servers, each with its own memory."""

    def __init__(self, url: str, one: BetterAuth, other: BetterAuth) -> None:
        self.url = url
        self.one = one
        self.other = other

    async def remembered(self, **fields: Any) -> tuple[str, str]:
        """The token and user id of a session that both have in memory."""
        answer = await sign_up(self.one, **fields)
        token: str = answer["token"]
        for auth in (self.one, self.other):
            await remember(auth, token)
        return token, answer["user"]["id"]

    async def shown(self, auth: BetterAuth, token: str) -> str | None:
        """The name of the session's user, as the server answers now."""
        found = await auth.context.sessions.find_with_user(token)
        return None if found is None else found[1]["name"]

    async def await_shown(self, auth: BetterAuth, token: str, name: str | None) -> None:
        async with asyncio.timeout(5):
            while await self.shown(auth, token) != name:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.002)


async def remember(auth: BetterAuth, token: str) -> None:
    """Have the server keep the session in its memory, and trust it."""
    cache = lookup_of(auth).cache
    async with asyncio.timeout(5):
        while cache.get(token) is None:
            await auth.context.sessions.find_with_user(token)
            await asyncio.sleep(0.002)


@asynccontextmanager
async def pair_on(url: str, **options: Any) -> AsyncIterator[Pair]:
    options = {"session": ON, **options}
    async with running(auth_on(url, **options)) as one, running(auth_on(url, **options)) as other:
        yield Pair(url, one, other)
