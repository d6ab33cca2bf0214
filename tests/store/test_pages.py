"""Pages of rows, found together, are those that each would be by itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from betterauth_py import BetterAuth
from betterauth_py.crypto.random import generate_id
from betterauth_py.plugins import Where
from betterauth_py.store.pages import Pages
from tests.conftest import MakeAuth


@pytest.fixture(params=["sqlite", "postgres"])
async def auth(request: pytest.FixtureRequest, make_auth: MakeAuth) -> BetterAuth:
    options: dict[str, Any] = {}
    if request.param == "postgres":
        database = request.getfixturevalue("postgres").database(f"pages_{generate_id(8).lower()}")
        options = {"database": {"url": database}}
    auth = await make_auth(**options)
    for number in range(60):
        user = {"name": f"n{number % 7}", "email": f"u{number:02}@example.com", "emailVerified": number % 2 == 0}
        now = auth.context.now()
        await auth.context.rows.create("user", {"id": generate_id(32), "createdAt": now, "updatedAt": now, **user})
    return auth


async def test_pages_asked_for_together_are_those_asked_for_alone(auth: BetterAuth) -> None:
    rows, pages = auth.context.rows, Pages(auth.context.rows, "user")
    searches: list[list[Where]] = [[], [Where("emailVerified", True)], [Where("email", "u1", "starts_with")]]
    searches += [[Where("name", ["n1", "n2"], "in")], [Where("name", ["n1"], "not_in"), Where("emailVerified", True)]]
    orders = [(None, False), ("email", False), ("email", True), ("id", False)]
    slices = [(0, 10), (5, 10), (30, 7), (57, 10), (100, 5), (0, 1), (0, 100)]
    for where in searches:
        for order_by, descending in orders:
            together = await asyncio.gather(
                *(
                    pages.get(where, order_by=order_by, descending=descending, limit=limit, offset=offset)
                    for offset, limit in slices
                )
            )
            alone = [
                await rows.find_many(
                    "user", *where, order_by=order_by, descending=descending, limit=limit, offset=offset
                )
                for offset, limit in slices
            ]
            assert together == alone
            assert [await pages.get(where, order_by=order_by, descending=descending, limit=10, offset=5)] == alone[1:2]
    assert pages._lines == {}


async def test_rows_that_are_equal_are_on_one_page_each(auth: BetterAuth) -> None:
    pages = Pages(auth.context.rows, "user")
    asked = [pages.get([], order_by="name", descending=True, limit=7, offset=start) for start in range(0, 63, 7)]
    found = [row for page in await asyncio.gather(*asked) for row in page]
    assert len({row["id"] for row in found}) == len(found) == 60
    assert [row["name"] for row in found] == sorted((row["name"] for row in found), reverse=True)


async def test_a_wrong_field_is_told_to_all_who_ask(auth: BetterAuth) -> None:
    pages = Pages(auth.context.rows, "user")
    asked = [pages.get([], order_by="shoe", descending=False, limit=5, offset=number) for number in range(3)]
    for answer in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(answer, LookupError)
    async with auth.context.database.transaction():
        found = await pages.get([], order_by="email", descending=False, limit=2, offset=0)
    assert [row["email"] for row in found] == ["u00@example.com", "u01@example.com"]
