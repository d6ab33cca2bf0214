"""Tables and columns with other names behave as those with the usual ones."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py.errors import ConfigurationError
from tests.store.support import PASSWORD, auth_on, browser, new_address, running, sign_up_body, stored_rows

RENAMED: dict[str, Any] = {
    "user": {
        "model_name": "people",
        "fields": {"email": "mail", "emailVerified": "is verified", "createdAt": "select"},
        "additional_fields": {
            "role": {"type": "string", "default_value": "member", "field_name": 'job"title'},
            "born": {"type": "date", "required": False, "field_name": "birthday"},
        },
    },
    "session": {"model_name": "order", "fields": {"userId": "person", "token": "key", "expiresAt": "ends"}},
    "account": {"model_name": "WaysIn", "fields": {"userId": "person", "password": "hash"}},
    "verification": {"model_name": "proofs", "fields": {"identifier": "about"}},
    "rate_limit": {
        "enabled": True,
        "storage": "database",
        "model_name": "counters",
        "fields": {"key": "what", "count": "how many", "lastRequest": "at"},
    },
}


@pytest.mark.parametrize("layout", ["drizzle", "better-auth"])
async def test_everything_works_under_other_names(database_url: str, layout: str) -> None:
    auth = auth_on(database_url, database={"layout": layout}, **RENAMED)
    async with running(auth), browser(auth) as client:
        email = new_address()
        body = sign_up_body(email, role="countess", born="1815-12-10T00:00:00.000Z")
        signed_up = (await client.post("/sign-up/email", json=body)).json()
        session = (await client.get("/get-session")).json()
        assert session["user"] == signed_up["user"]
        assert (session["user"]["email"], session["user"]["role"]) == (email, "countess")
        assert session["user"]["born"] == "1815-12-10T00:00:00.000Z"
        assert session["session"]["token"] == signed_up["token"]
        assert "people" not in session["user"]
        assert "mail" not in session["user"]
        signed_in = await client.post("/sign-in/email", json={"email": email, "password": PASSWORD})
        assert signed_in.json()["user"] == signed_up["user"]
        assert (await client.post("/sign-out")).json() == {"success": True}
        assert (await client.get("/get-session")).json() is None

    (person,) = await stored_rows(database_url, "people")
    assert {"mail", "is verified", "select", 'job"title', "birthday"} <= set(person)
    assert {"person", "key", "ends"} <= set((await stored_rows(database_url, "order"))[0])
    assert {"person", "hash"} <= set((await stored_rows(database_url, "WaysIn"))[0])
    assert await stored_rows(database_url, "proofs") == []
    assert {"what", "how many", "at"} <= set((await stored_rows(database_url, "counters"))[0])


async def test_a_session_of_a_renamed_table_is_prolonged_and_ended(database_url: str) -> None:
    from betterauth_py.clock import ManualClock

    clock = ManualClock()
    options = {name: RENAMED[name] for name in ("user", "session", "account", "verification")}
    auth = auth_on(database_url, clock=clock, **options)
    async with running(auth), browser(auth) as client:
        await client.post("/sign-up/email", json=sign_up_body(new_address()))
        before = (await client.get("/get-session")).json()["session"]["expiresAt"]
        clock.advance(2 * 86_400)
        assert (await client.get("/get-session")).json()["session"]["expiresAt"] > before
        clock.advance(8 * 86_400)
        assert (await client.get("/get-session")).json() is None
    assert await stored_rows(database_url, "order") == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"user": {"fields": {"mail": "x"}}},
            "Option `user.fields.mail`: there is no such field. Known fields: name, email, emailVerified, image, "
            "createdAt, updatedAt.",
        ),
        (
            {"session": {"additional_fields": {"token": {"type": "string"}}}},
            "Option `session.additional_fields.token` has the name of a core field. Choose another name.",
        ),
        (
            {"user": {"additional_fields": {"id": {"type": "string"}}}},
            "Option `user.additional_fields.id` has the name of a core field. Choose another name.",
        ),
    ],
)
def test_names_that_cannot_be_are_refused(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        auth_on("sqlite://", **options)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "options",
    [
        {"user": {"fields": {"name": "email"}}},
        {"user": {"model_name": "session"}},
        {"user": {"additional_fields": {"other": {"type": "string", "field_name": "email"}}}},
        {"user": {"additional_fields": {"emailverified": {"type": "string", "field_name": "email_verified"}}}},
    ],
)
def test_two_things_of_one_name_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        auth_on("sqlite://", **options)


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("favouriteColour", "favourite_colour"),
        ("customerID", "customer_id"),
        ("APIKey", "api_key"),
        ("userHTMLBody", "user_html_body"),
        ("address2Line", "address2_line"),
        ("already_snake", "already_snake"),
    ],
)
def test_columns_are_named_as_better_auth_generates_them_for_drizzle(field: str, column: str) -> None:
    auth = auth_on("sqlite://", user={"additional_fields": {field: {"type": "string", "required": False}}})
    assert auth.context.schema.column_name("user", field) == column
