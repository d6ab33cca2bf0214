"""What requests to the auth service have in common: records of equal answers, and a bounded number of connections."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from unittest.mock import patch

import pytest

from betterauth_py.verify import Remote, SessionVerifier
from tests.verify.servers import JsonServer, SocketServer, reply
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


@pytest.mark.parametrize("cache_for", [0, 60])
async def test_what_one_request_does_to_its_records_no_other_sees(service: JsonServer, cache_for: float) -> None:
    service.answer = {**ANSWER, "user": {**ANSWER["user"], "roles": ["user"]}}
    async with SessionVerifier(Remote(service.url, cache_for=cache_for)) as verifier:
        first, second = await asyncio.gather(*(verifier.verify({"cookie": COOKIE}) for _ in range(2)))
        assert len(service.requests) == 1
        first.user.roles.append("admin")
        assert second.user.roles == (await verifier.verify({"cookie": COOKIE})).user.roles == ["user"]


async def test_a_request_that_is_under_way_when_the_verifier_is_closed_leaves_no_connection() -> None:
    went_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly(connection: socket.socket, request: bytes) -> None:
        time.sleep(0.2)
        connection.sendall(reply(json.dumps(ANSWER)))
        assert connection.recv(1) == b""
        loop.call_soon_threadsafe(went_on.set)

    with SocketServer(slowly) as server:
        verifier = SessionVerifier(Remote(server.url))
        asked = asyncio.create_task(verifier.verify({"cookie": COOKIE}))
        await asyncio.sleep(0.1)
        await verifier.aclose()
        assert (await asked).user.id == "u1"
        await asyncio.wait_for(went_on.wait(), 1)


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
