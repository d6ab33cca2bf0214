"""What requests to the auth service have in common: records of equal answers, and a bounded number of connections."""

from __future__ import annotations

import asyncio
from unittest.mock import patch

from betterauth_py.verify import Remote, SessionVerifier
from tests.verify.servers import JsonServer
from tests.verify.test_remote import ANSWER, COOKIE, service

__all__ = ["service"]


async def test_the_same_answer_is_the_same_records_unless_somebody_could_change_them(service: JsonServer) -> None:
    async with SessionVerifier(Remote(service.url)) as verifier:
        first, second = [await verifier.verify({"cookie": COOKIE}) for _ in range(2)]
        assert second.user is first.user
        assert len(service.requests) == 2
        service.answer = {**ANSWER, "user": {**ANSWER["user"], "settings": {"theme": "dark"}}}
        changed = await verifier.verify({"cookie": COOKIE})
        changed.user.settings["theme"] = "light"
        assert (await verifier.verify({"cookie": COOKIE})).user.settings == {"theme": "dark"}


async def test_more_requests_than_connections_wait_for_their_turn(service: JsonServer) -> None:
    with patch("betterauth_py.verify.loop_connections.MOST_CONNECTIONS", 3):
        async with SessionVerifier(Remote(service.url)) as verifier:
            asked = [
                asyncio.create_task(verifier.verify({"cookie": f"better-auth.session_token=t{number}"}))
                for number in range(40)
            ]
            await asyncio.sleep(0.01)
            for one in asked[5:15]:
                one.cancel()
            found = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, asyncio.CancelledError) for one in found) <= 10
    assert all(isinstance(one, asyncio.CancelledError) or not isinstance(one, BaseException) for one in found)
