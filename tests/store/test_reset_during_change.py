"""A reset that is asked for in the moment in which the address changes."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from contextvars import Context
from typing import Any

from tests.store.support import auth_on, browser, running
from tests.store.test_mailed_links import ATTACKER, VICTIM, Mailbox, reset, sign_up


async def test_no_reset_link_leaves_for_an_address_while_it_is_changed(database_url: str) -> None:
    """Whoever still reads the old address asks for a reset in the very moment in which it is changed."""
    box = Mailbox()
    asking: list[asyncio.Task[Any]] = []

    async with AsyncExitStack() as stack:

        async def ask_meanwhile(changes: dict[str, Any], _: Any) -> None:
            if "email" in changes:
                # In a context of its own: it must not run in the transaction of the change.
                stranger = await stack.enter_async_context(browser(server))
                request = stranger.post("/request-password-reset", json={"email": ATTACKER})
                asking.append(asyncio.create_task(request, context=Context()))
                await asyncio.sleep(0.3)

        server = auth_on(
            database_url,
            email_and_password={"send_reset_password": box},
            email_verification={"send_verification_email": lambda *_: None},
            user={"change_email": {"enabled": True, "update_email_without_verification": True}},
            database_hooks={"user": {"update": {"before": ask_meanwhile}}},
        )
        await stack.enter_async_context(running(server))
        client = await stack.enter_async_context(browser(server))
        await sign_up(client, ATTACKER)
        assert (await client.post("/change-email", json={"newEmail": VICTIM})).status_code == 200
        assert (await asking[0]).status_code == 200
        await asyncio.sleep(0.1)
        assert box.sent == []
        await reset(server, box, VICTIM)
