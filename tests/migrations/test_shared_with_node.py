"""One database, two servers: better-auth on Node and this one, with the same secret."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from betterauth_py import BetterAuth
from betterauth_py.conformance.recorder.embedded_postgres import EmbeddedPostgres
from betterauth_py.conformance.recorder.oracle import install
from tests.migrations.node import better_auth
from tests.store.support import PASSWORD, auth_on, browser, new_address, running, sign_up_body, stored_rows

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("shared with Node")]

FIELDS: dict[str, Any] = {
    "nickName": {"type": "string", "required": False},
    "age": {"type": "number", "required": False},
    "newsletter": {"type": "boolean", "required": False},
    "born": {"type": "date", "required": False},
    "tags": {"type": "string[]", "required": False},
    "scores": {"type": "number[]", "required": False},
}
VALUES: dict[str, Any] = {
    "nickName": "Countess",
    "age": 36,
    "newsletter": True,
    "born": "1815-12-10T00:00:00.000Z",
    "tags": ["maths", 'with "quotes", commas'],
    "scores": [1, 2, 3],
}
SIMPLE = ("nickName", "age", "newsletter", "born")


class Both:
    """A browser's requests to either server; cookies are carried over by hand."""

    def __init__(self, url: str, node: httpx.Client, ours: httpx.AsyncClient, auth: BetterAuth) -> None:
        self.url = url
        self.ours = ours
        self.auth = auth
        self._node = node

    async def node(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Ask better-auth, without any cookie of an earlier answer."""
        self._node.cookies.clear()
        return await asyncio.to_thread(self._node.request, method, path, **content)

    async def python(self, method: str, path: str, **content: Any) -> httpx.Response:
        """Ask this server, without any cookie of an earlier answer."""
        self.ours.cookies.clear()
        return await self.ours.request(method, path, **content)


def cookies(answer: httpx.Response) -> dict[str, str]:
    """The Cookie header of a browser that got this answer, as it came over the wire."""
    assert answer.status_code == 200, answer.text
    pairs = [cookie.partition(";")[0] for cookie in answer.headers.get_list("set-cookie")]
    return {"cookie": "; ".join(pairs)}


async def migrate(auth: BetterAuth) -> None:
    await auth.migrate()
    await auth.shutdown()


@dataclass
class SharedDatabase:
    """A database with better-auth running on it."""

    url: str
    layout: str
    node: httpx.Client


@pytest.fixture(
    scope="module", params=["drizzle, by us", "drizzle, by Node", "better-auth, by us", "better-auth, by Node"]
)
def shared(request: pytest.FixtureRequest, postgres: EmbeddedPostgres) -> Iterator[SharedDatabase]:
    """A database in either layout, whose tables were made by either library."""
    install()
    layout, maker = request.param.split(", ")
    url = postgres.database(f"shared {request.param}")
    if maker == "by us":
        asyncio.run(migrate(auth_on(url, database={"layout": layout}, user={"additional_fields": FIELDS})))
    options = {"user": {"additionalFields": FIELDS}}
    with better_auth(url, layout, options, make=maker == "by Node") as node:
        yield SharedDatabase(url, layout, node)


@pytest.fixture
async def both(shared: SharedDatabase) -> AsyncIterator[Both]:
    """Both servers on that database."""
    database = {"layout": shared.layout, "schema_check": False}
    auth = auth_on(shared.url, database=database, user={"additional_fields": FIELDS})
    async with running(auth, migrate=False), browser(auth) as ours:
        yield Both(shared.url, shared.node, ours, auth)


async def test_whoever_signs_up_at_one_is_signed_in_at_the_other(both: Both) -> None:
    sent = {name: VALUES[name] for name in SIMPLE}
    for here, there in ((both.node, both.python), (both.python, both.node)):
        signed_up = await here("POST", "/sign-up/email", json=sign_up_body(new_address(), **sent))
        own, other = [await ask("GET", "/get-session", headers=cookies(signed_up)) for ask in (here, there)]
        assert other.json() == own.json()
        assert {name: other.json()["user"][name] for name in sent} == sent

        email = signed_up.json()["user"]["email"]
        signed_in = await there("POST", "/sign-in/email", json={"email": email, "password": PASSWORD})
        if there == both.node:
            # argon2id is ours alone; test_passwords_of_node.py has the setting for both.
            assert signed_in.status_code != 200
            continue
        session = await here("GET", "/get-session", headers=cookies(signed_in))
        assert session.json()["user"] == own.json()["user"]
        assert session.json()["session"]["token"] == signed_in.json()["token"]


async def test_whoever_signs_out_at_one_is_signed_out_at_the_other(both: Both) -> None:
    for here, there in ((both.node, both.python), (both.python, both.node)):
        browser_cookies = cookies(await here("POST", "/sign-up/email", json=sign_up_body(new_address())))
        assert (await there("POST", "/sign-out", headers=browser_cookies)).json() == {"success": True}
        assert (await here("GET", "/get-session", headers=browser_cookies)).json() is None


async def test_rows_of_both_look_the_same(both: Both) -> None:
    sent = {name: VALUES[name] for name in SIMPLE}
    users = []
    for here in (both.node, both.python):
        answer = await here("POST", "/sign-up/email", json=sign_up_body(new_address(), **sent))
        users.append(answer.json()["user"]["id"])
    for table, owner in (("user", "id"), ("session", "userId"), ("account", "userId")):
        column = both.auth.context.schema.column_name(table, owner)
        rows = {row[column]: row for row in await stored_rows(both.url, table)}
        theirs, ours = [{name: type(value) for name, value in rows[user].items()} for user in users]
        assert ours == theirs


async def test_an_address_taken_at_one_is_taken_at_the_other(both: Both) -> None:
    body = sign_up_body(new_address())
    assert (await both.node("POST", "/sign-up/email", json=body)).status_code == 200
    ours = await both.python("POST", "/sign-up/email", json=body)
    theirs = await both.node("POST", "/sign-up/email", json=body)
    assert (ours.status_code, ours.json()) == (theirs.status_code, theirs.json())


async def test_lists_of_one_are_read_by_the_other(both: Both) -> None:
    sent = {name: VALUES[name] for name in ("tags", "scores")}
    for here, there in ((both.node, both.python), (both.python, both.node)):
        signed_up = await here("POST", "/sign-up/email", json=sign_up_body(new_address(), **sent))
        user = (await there("GET", "/get-session", headers=cookies(signed_up))).json()["user"]
        assert {name: user[name] for name in sent} == sent
