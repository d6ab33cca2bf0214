"""When a provider is asked for its keys; what the tokens have to be is in the providers' cases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import httpx
import pytest

from betterauth_py.oauth import id_token
from betterauth_py.oauth.social_provider import SocialProvider
from tests.oauth.signing import public_keys, sign
from tests.oauth.world import NOW, make_provider

URL = "https://www.googleapis.com/oauth2/v3/certs"


class Keys(httpx.AsyncBaseTransport):
    """A provider that publishes keys, slowly, or is down."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_down = False
        self.kids = ["key-1"]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url) == URL
        self.asked += 1
        await asyncio.sleep(0.01)
        if self.is_down:
            raise httpx.ConnectError("down", request=request)
        return httpx.Response(200, json={"keys": [{**public_keys()[0], "kid": kid} for kid in self.kids]})


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
async def google(keys: Keys) -> AsyncIterator[SocialProvider]:
    async with httpx.AsyncClient(transport=keys) as client:
        yield make_provider("google", {"clientId": "client-id", "clientSecret": "s"}, client)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds by which the time of keys is ahead."""
    ahead = [0.0]
    monkeypatch.setattr(id_token, "monotonic", lambda: monotonic() + ahead[0])
    return ahead


def token(kid: str = "key-1", **claims: Any) -> str:
    seconds = int(NOW.timestamp())
    given = {
        "iss": "accounts.google.com",
        "sub": "7",
        "aud": "client-id",
        "iat": seconds,
        "exp": seconds + 60,
        **claims,
    }
    return sign(given, header={"kid": kid})


async def test_keys_are_asked_for_once_by_many(google: SocialProvider, keys: Keys) -> None:
    verdicts = await asyncio.gather(*(google.verify_id_token(token()) for _ in range(50)))
    assert verdicts == [True] * 50
    assert keys.asked == 1


async def test_keys_are_kept_for_ten_minutes(google: SocialProvider, keys: Keys, moved: list[float]) -> None:
    for ahead, asked in ((0, 1), (599, 1), (601, 2)):
        moved[0] = ahead
        assert await google.verify_id_token(token())
        assert keys.asked == asked


async def test_made_up_key_ids_cost_the_provider_a_question_in_thirty_seconds(
    google: SocialProvider, keys: Keys, moved: list[float]
) -> None:
    # The first question is for any keys at all.
    for ahead, asked in ((0, 2), (29, 2), (31, 3)):
        moved[0] = ahead
        for kid in ("a", "b", "c"):
            assert not await google.verify_id_token(token(kid))
        assert keys.asked == asked


async def test_a_new_key_is_found(google: SocialProvider, keys: Keys, moved: list[float]) -> None:
    assert await google.verify_id_token(token())
    keys.kids = ["key-2"]
    assert await google.verify_id_token(token("key-2"))
    assert not await google.verify_id_token(token("key-1"))
    keys.kids = ["key-3"]
    assert not await google.verify_id_token(token("key-3"))
    moved[0] = 31
    assert await google.verify_id_token(token("key-3"))


async def test_a_provider_that_is_down_is_left_alone_for_a_second(
    google: SocialProvider, keys: Keys, moved: list[float]
) -> None:
    keys.is_down = True
    verdicts = await asyncio.gather(*(google.verify_id_token(token()) for _ in range(20)))
    assert verdicts == [False] * 20
    assert keys.asked == 1
    keys.is_down = False
    assert not await google.verify_id_token(token())
    moved[0] = 1.1
    assert await google.verify_id_token(token())


async def test_known_keys_outlive_an_outage_until_they_are_old(
    google: SocialProvider, keys: Keys, moved: list[float]
) -> None:
    assert await google.verify_id_token(token())
    keys.is_down = True
    moved[0] = 31
    assert not await google.verify_id_token(token("made-up"))
    assert await google.verify_id_token(token())
    moved[0] = 601
    assert not await google.verify_id_token(token())


async def test_whoever_gives_up_does_not_keep_the_others_waiting(google: SocialProvider) -> None:
    first = asyncio.create_task(google.verify_id_token(token()))
    second = asyncio.create_task(google.verify_id_token(token()))
    await asyncio.sleep(0.001)
    first.cancel()
    assert await second


def test_two_event_loops_verify_at_the_same_time(keys: Keys) -> None:
    # The lock and the client of one loop are no use to another.
    clients = [httpx.AsyncClient(transport=keys) for _ in range(2)]
    google = make_provider("google", {"clientId": "client-id", "clientSecret": "s"}, clients[0])

    async def verify() -> list[bool]:
        return await asyncio.gather(*(google.verify_id_token(token("made-up")) for _ in range(3)))

    for _ in range(2):
        assert asyncio.run(verify()) == [False] * 3
