"""A session begins only while the account that the user has signed in with is as it was checked."""

from __future__ import annotations

from typing import Any

import pytest

from betterauth_py.flows.session import create_session
from betterauth_py.store.errors import NotHeldError
from tests.store.support import auth_on, browser, counts, running, sign_up_body

HOOKED = {"session": {"create": {"before": lambda _session, _ctx: None}}}


@pytest.mark.parametrize("hooks", [{}, HOOKED], ids=["one statement", "a transaction"])
async def test_a_session_is_stored_only_while_its_account_holds(database_url: str, hooks: dict[str, Any]) -> None:
    auth = auth_on(database_url, database_hooks=hooks)
    async with running(auth), browser(auth) as client:
        user = (await client.post("/sign-up/email", json=sign_up_body("held@example.com"))).json()["user"]
        context = auth.context
        account = await context.accounts.find_credential(user["id"])
        assert account is not None
        accounts = context.accounts
        before = (await counts(database_url, "session"))["session"]
        for held in (
            accounts.holding_hash(account["id"], account["password"]),
            accounts.holding_owner(account["id"], user["id"]),
        ):
            session = await create_session(context, user["id"], holding=held)
            assert session is not None
            assert await context.sessions.find_with_user(session["token"]) is not None
        for not_held in (
            accounts.holding_hash(account["id"], "another hash"),
            accounts.holding_owner(account["id"], "another user"),
            accounts.holding_hash("another account", account["password"]),
        ):
            with pytest.raises(NotHeldError):
                await create_session(context, user["id"], holding=not_held)
        assert (await counts(database_url, "session"))["session"] == before + 2
