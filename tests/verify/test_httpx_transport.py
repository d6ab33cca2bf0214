"""An httpx client that the service gives: its transports count, what it keeps of other people's answers does not."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from betterauth_py.verify import InvalidSessionError, Remote, SessionVerifier, sync
from tests.verify.servers import JsonServer
from tests.verify.test_remote import ANSWER, COOKIE, headers_of

REFRESHED = "better-auth.session_token=adas; Path=/; HttpOnly"


@pytest.fixture
def service() -> Iterator[JsonServer]:
    with JsonServer(ANSWER) as server:
        server.more_headers = f"set-cookie: {REFRESHED}\r\n"
        yield server


async def test_the_cookies_of_one_answer_are_sent_for_nobody_else(service: JsonServer) -> None:
    async with httpx.AsyncClient(cookies={"mine": "1"}) as client:
        verifier = SessionVerifier(Remote(service.url, client=client))
        assert (await verifier.verify({"cookie": COOKIE})).set_cookies == (REFRESHED,)
        await verifier.verify({"authorization": "Bearer somebody-elses"})
        assert dict(client.cookies) == {"mine": "1"}
    assert [headers_of(request).get("cookie") for request in service.requests] == [COOKIE, None]


def test_the_cookies_of_one_answer_are_sent_for_nobody_else_by_threads(service: JsonServer) -> None:
    with httpx.Client() as client, sync.SessionVerifier(sync.Remote(service.url, client=client)) as verifier:
        assert verifier.verify({"cookie": COOKIE}).set_cookies == (REFRESHED,)
        verifier.verify({"authorization": "Bearer somebody-elses"})
        assert dict(client.cookies) == {}
    assert "cookie" not in headers_of(service.requests[1])


@pytest.mark.parametrize("token", ["\xe9", "\u4e2d", "\x7f\x01"])
async def test_any_cookie_is_forwarded_as_without_a_client(service: JsonServer, token: str) -> None:
    service.answer = None
    async with httpx.AsyncClient() as client, SessionVerifier(Remote(service.url)) as plain:
        for verifier in (plain, SessionVerifier(Remote(service.url, client=client))):
            with pytest.raises(InvalidSessionError):
                await verifier.verify({"cookie": f"better-auth.session_token={token}"})
    first, second = (headers_of(request)["cookie"] for request in service.requests)
    assert first == second
