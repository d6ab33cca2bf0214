"""Columns of your own: every type, hidden, locked, with defaults, changed on the way in and out, unique."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from itertools import count
from typing import Any

import httpx
import pytest

from betterauth_py import BetterAuth, ConfigurationError
from tests.store.support import PASSWORD, auth_on, browser, new_address, running, sign_up_body, stored_rows

EVERY_TYPE: dict[str, dict[str, Any]] = {
    "aString": {"type": "string", "required": False},
    "aNumber": {"type": "number", "required": False},
    "aBigNumber": {"type": "number", "bigint": True, "required": False},
    "aBoolean": {"type": "boolean", "required": False},
    "aDate": {"type": "date", "required": False},
    "someJson": {"type": "json", "required": False},
    "strings": {"type": "string[]", "required": False},
    "numbers": {"type": "number[]", "required": False},
    "choice": {"type": ["red", "blue"], "required": False},
}
VALUES: dict[str, Any] = {
    "aString": "with 'quotes' \" and ünïcode 🔑",
    "aNumber": -7,
    "aBigNumber": 9_007_199_254_740_991,
    "aBoolean": False,
    "aDate": "2020-02-03T04:05:06.789Z",
    "someJson": {"nested": [1, None, {"deep": "ü"}], "empty": {}},
    "strings": ["a", "", 'b"c', "d,e", "{f}", "null"],
    "numbers": [3, 1, 2],
    "choice": "blue",
}


@pytest.fixture(params=["drizzle", "better-auth"])
def layout(request: pytest.FixtureRequest) -> str:
    """Each layout in turn."""
    name: str = request.param
    return name


class Visitor:
    """Signs up, in and asks who she is, on a server with these fields."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def sign_up(self, **fields: Any) -> dict[str, Any]:
        answer = await self.client.post("/sign-up/email", json=sign_up_body(new_address(), **fields))
        assert answer.status_code == 200, answer.text
        user: dict[str, Any] = answer.json()["user"]
        return user

    async def session_user(self) -> dict[str, Any]:
        user: dict[str, Any] = (await self.client.get("/get-session")).json()["user"]
        return user


async def visiting(url: str, fields: dict[str, Any], **options: Any) -> AsyncIterator[Visitor]:
    async with running(auth_on(url, user={"additional_fields": fields}, **options)) as auth, browser(auth) as client:
        yield Visitor(client)


def visit(url: str, fields: dict[str, Any], **options: Any) -> AbstractAsyncContextManager[Visitor]:
    from contextlib import asynccontextmanager

    return asynccontextmanager(visiting)(url, fields, **options)


async def test_values_of_every_type_come_back_as_they_were_sent(database_url: str, layout: str) -> None:
    async with visit(database_url, EVERY_TYPE, database={"layout": layout}) as ada:
        signed_up = await ada.sign_up(**VALUES)
        read = await ada.session_user()
        body = {"email": signed_up["email"], "password": PASSWORD}
        signed_in = (await ada.client.post("/sign-in/email", json=body)).json()["user"]
        for user in (signed_up, read, signed_in):
            assert {name: user[name] for name in VALUES} == VALUES
        assert list(signed_up) == list(read) == list(signed_in)


async def test_what_is_not_sent_is_null(database_url: str, layout: str) -> None:
    async with visit(database_url, EVERY_TYPE, database={"layout": layout}) as ada:
        nothing = dict.fromkeys(EVERY_TYPE)
        signed_up, read = await ada.sign_up(), await ada.session_user()
        assert {name: signed_up[name] for name in nothing} == {name: read[name] for name in nothing} == nothing


@pytest.mark.parametrize("empty", [{"strings": [], "numbers": [], "someJson": []}, {"someJson": {}}, {"aString": ""}])
async def test_what_is_empty_stays_empty(database_url: str, layout: str, empty: dict[str, Any]) -> None:
    async with visit(database_url, EVERY_TYPE, database={"layout": layout}) as ada:
        await ada.sign_up(**empty)
        read = await ada.session_user()
        assert {name: read[name] for name in empty} == empty


async def test_a_hidden_field_is_stored_but_never_shown(database_url: str) -> None:
    fields = {"secretNote": {"type": "string", "required": False, "returned": False}}
    async with visit(database_url, fields) as ada:
        assert "secretNote" not in await ada.sign_up(secretNote="hush")
        assert "secretNote" not in await ada.session_user()
    assert [row["secret_note"] for row in await stored_rows(database_url, "user")] == ["hush"]


async def test_a_locked_field_cannot_be_set_by_clients(database_url: str) -> None:
    fields = {
        "role": {"type": "string", "input": False, "default_value": "user"},
        "note": {"type": "string", "input": False, "required": False},
    }
    async with visit(database_url, fields) as mallory:
        assert (await mallory.sign_up(role="admin"))["role"] == "user"
        refused = await mallory.client.post("/sign-up/email", json=sign_up_body(new_address(), note="x"))
        assert (refused.status_code, refused.json()["code"]) == (400, "FIELD_NOT_ALLOWED")
    assert [row["role"] for row in await stored_rows(database_url, "user")] == ["user"]


async def test_defaults_are_values_or_functions(database_url: str) -> None:
    numbers = count(41)
    fields = {
        "plan": {"type": "string", "default_value": "free"},
        "score": {"type": "number", "default_value": lambda: next(numbers)},
        "active": {"type": "boolean", "default_value": False},
        "tags": {"type": "string[]", "required": False, "default_value": ["new"]},
        "settings": {"type": "json", "required": False, "default_value": {"dark": True}},
    }
    async with visit(database_url, fields) as ada:
        expected = {"plan": "free", "score": 41, "active": False, "tags": ["new"], "settings": {"dark": True}}
        for user in (await ada.sign_up(), await ada.session_user()):
            assert {name: user[name] for name in fields} == expected
        assert (await ada.sign_up())["score"] == 42
        assert (await ada.sign_up(plan="paid", active=True))["plan"] == "paid"


async def test_values_are_changed_on_the_way_in_and_out(database_url: str) -> None:
    fields = {
        "code": {
            "type": "string",
            "required": False,
            "transform": {
                "input": lambda value: value and value.lower(),
                "output": lambda value: value and f"<{value}>",
            },
        },
        "wasNull": {"type": "string", "required": False, "transform": {"output": lambda value: value or "nothing"}},
    }
    async with visit(database_url, fields) as ada:
        for user in (await ada.sign_up(code="ABC"), await ada.session_user()):
            assert (user["code"], user["wasNull"]) == ("<abc>", "nothing")
    assert [row["code"] for row in await stored_rows(database_url, "user")] == ["abc"]


async def test_a_unique_value_is_taken_once(database_url: str) -> None:
    fields = {"handle": {"type": "string", "required": False, "unique": True}}
    async with visit(database_url, fields) as ada:
        await ada.sign_up(handle="ada")
        taken = await ada.client.post("/sign-up/email", json=sign_up_body(new_address(), handle="ada"))
        assert (taken.status_code, taken.json()["code"]) == (422, "FAILED_TO_CREATE_USER")
        await ada.sign_up()
        await ada.sign_up()
    assert len(await stored_rows(database_url, "user")) == 3


async def test_a_demanded_field_must_be_sent(database_url: str) -> None:
    async with visit(database_url, {"company": {"type": "string", "required": True}}) as ada:
        refused = await ada.client.post("/sign-up/email", json=sign_up_body(new_address()))
        assert (refused.status_code, refused.json()["code"]) == (400, "MISSING_FIELD")
        assert (await ada.sign_up(company="Analytical Engines"))["company"] == "Analytical Engines"


async def test_fields_of_sessions_and_accounts_have_defaults_too(database_url: str) -> None:
    options = {
        "session": {"additional_fields": {"kind": {"type": "string", "default_value": "web"}}},
        "account": {"additional_fields": {"origin": {"type": "string", "default_value": "form"}}},
    }
    async with visit(database_url, {}, **options) as ada:
        await ada.sign_up()
        assert (await ada.client.get("/get-session")).json()["session"]["kind"] == "web"
    assert [row["origin"] for row in await stored_rows(database_url, "account")] == ["form"]


def test_an_async_transform_of_what_is_read_is_refused() -> None:
    async def later(value: Any) -> Any:
        return value

    field = {"type": "string", "transform": {"output": later}}
    with pytest.raises(ConfigurationError, match=r"user\.additional_fields\.code\.transform\.output.*plain function"):
        BetterAuth(secret="s" * 32, user={"additional_fields": {"code": field}})
