"""A session or a link that ends while a request runs: the request changes nothing."""

from __future__ import annotations

import asyncio
from contextvars import Context
from typing import Any

import pytest

from tests.store.support import auth_on, browser, new_address, running, stored_rows
from tests.store.test_mailed_links import Mailbox, reset, sign_up

OPTIONS: dict[str, Any] = {
    "email_verification": {"send_verification_email": lambda *_: None},
    "user": {
        "change_email": {"enabled": True, "update_email_without_verification": True},
        "delete_user": {"enabled": True},
    },
}


@pytest.mark.parametrize(
    ("path", "body"), [("/delete-user", {}), ("/change-email", {"newEmail": "other@example.com"})], ids=str
)
async def test_what_a_session_asks_for_is_not_done_once_it_has_ended(
    database_url: str, path: str, body: dict[str, Any]
) -> None:
    email = new_address()
    async with running(auth_on(database_url, **OPTIONS)) as auth, browser(auth) as client:
        user = await sign_up(client, email)
        async with auth.context.database.transaction():
            await auth.context.users.lock(user["id"])
            # In a context of its own: it must not run in this transaction.
            asking = asyncio.create_task(client.post(path, json=body), context=Context())
            await asyncio.sleep(0.3)
            await auth.context.sessions.delete_all_of(user["id"])
        assert (await asking).status_code == 401
        assert [row["email"] for row in await stored_rows(database_url, "user")] == [email]


async def test_a_link_that_deletes_ends_with_a_reset_meanwhile(database_url: str) -> None:
    deletions, resets, email = Mailbox(), Mailbox(), new_address()

    async def reset_meanwhile(*_: Any) -> None:
        await reset(auth, resets, email)

    deleting = {"enabled": True, "send_delete_account_verification": deletions, "before_delete": reset_meanwhile}
    auth = auth_on(database_url, email_and_password={"send_reset_password": resets}, user={"delete_user": deleting})
    async with running(auth), browser(auth) as client:
        await sign_up(client, email)
        await client.post("/delete-user", json={})
        token = (await deletions.next())["token"]
        await asyncio.sleep(0.01)
        refused = await client.get("/delete-user/callback", params={"token": token})
        assert (refused.status_code, refused.json()["code"]) == (404, "INVALID_TOKEN")
        assert len(await stored_rows(database_url, "user")) == 1
